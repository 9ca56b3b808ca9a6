import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readPages, root } from '../docs/pages.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';
import { runCommand } from './support/run-command.ts';

// The AWS CLI derives its commands from botocore's model of each service, so that model knows every valid command.

interface AwsCommand {
  readonly page: string;
  readonly service: string;
  readonly operation: string;
  readonly options: readonly string[];
}

/** Prints service → operation → options, spelled as the CLI spells them. */
const printModels = `
import json, sys, botocore.session
from botocore import xform_name
session = botocore.session.get_session()
models = {}
for name in set(sys.argv[1:]):
    model = session.get_service_model(name)
    operations = (model.operation_model(operation) for operation in model.operation_names)
    models[name] = {
        xform_name(operation.name, '-'): ['--' + xform_name(member, '-') for member in getattr(operation.input_shape, 'members', [])]
        for operation in operations
    }
print(json.dumps(models))
`;
const optionsOfAll = new Set(['--region', '--profile', '--output', '--query', '--endpoint-url', '--no-cli-pager']);

// What the CLI has besides: commands that no model has.
const ofTheCli: Readonly<Record<string, readonly string[]>> = {
  'logs tail': ['--since', '--filter-pattern', '--follow', '--format'],
};

const commands = (await readPages()).flatMap(({ path, text }) => awsCommandsIn(path, text));
let models: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

function awsCommandsIn(page: string, text: string): AwsCommand[] {
  const matches = text.matchAll(/(?<=^|[\s`|])aws ([a-z][a-z0-9-]+) ([a-z][a-z0-9-]+)((?:\\\n|[^\n`|])*)/g);
  return [...matches].map(([, service = '', operation = '', rest = '']) => ({
    page,
    service,
    operation,
    options: rest.match(/(?<=\s)--[a-z][\w-]*/g) ?? [],
  }));
}

/** The parts of the command that the model does not know. */
function unknownIn({ service, operation, options }: AwsCommand): string[] {
  const known = models[service]?.[operation] ?? ofTheCli[`${service} ${operation}`];
  if (known === undefined) return [`aws ${service} ${operation}`];
  const isFlagOf = (option: string) => known.includes(option) || known.includes(option.replace('--no-', '--'));
  return options.filter((option) => !isFlagOf(option) && !optionsOfAll.has(option));
}

beforeAll(async () => {
  const bin = await preparePythonEnvironment(join(root, '.build/e2e/venv'));
  const services = commands.map(({ service }) => service);
  models = JSON.parse(await runCommand(join(bin, 'python'), ['-c', printModels, ...services]));
}, 180_000);

describe('an AWS command in a page', () => {
  test.each(commands)('exists: $service $operation ($page)', (command) => {
    expect(unknownIn(command)).toEqual([]);
  });

  test('with a spelling mistake is found', () => {
    const [command] = awsCommandsIn('page.md', '$ aws iam attach-role-policy --role-nme orders \\\n  --policy-arn a');
    expect(unknownIn(command as AwsCommand)).toEqual(['--role-nme']);
    expect(unknownIn({ page: '', service: 'iam', operation: 'attach-rol-policy', options: [] })).toHaveLength(1);
  });
});
