import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createGitHubApp } from '../../infra/deployment/create-github-app.ts';
import { environments } from '../../infra/environments.ts';
import { generatedEnvironments, replicatedEnvironments } from '../infra/support/generated-environments.ts';
import { createTestApp, region } from '../infra/support/synthesize.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';
import { runCommand } from './support/run-command.ts';

const directory = join(import.meta.dirname, '../../.build/e2e');
const planted = join(directory, 'planted');
let bin: string;

beforeAll(async () => {
  await mkdir(directory, { recursive: true });
  bin = await preparePythonEnvironment(join(directory, 'venv'));
  await rm(planted, { recursive: true, force: true });
  await mkdir(planted);
}, 300_000);

/** @throws Error with what cfn-lint says against a template, where it says anything */
async function lint(templates: readonly string[]): Promise<void> {
  // W3005: CDK writes out dependencies that references imply anyway.
  const options = ['--ignore-checks', 'W3005', '--configure-rule', 'E3012:strict=true', '--regions', region];
  await runCommand(join(bin, 'cfn-lint'), [...options, '--', ...templates]);
}

describe('cfn-lint', () => {
  test.each([
    ['the environments', environments],
    ['generated ones that use every setting', generatedEnvironments],
    ['two regions', replicatedEnvironments],
  ])(
    'finds no fault in %s',
    async (_, entries) => {
      const { directory: output } = createTestApp(entries).synth();
      const templates = (await readdir(output)).filter((name) => name.endsWith('.template.json'));
      expect(templates).toHaveLength(Object.keys(entries).length);
      await lint(templates.map((name) => join(output, name)));
    },
    300_000,
  );

  test('finds no fault in the roles of GitHub’s workflows', async () => {
    const { directory: output } = createGitHubApp(environments, { context: { repository: 'acme/vending' } }).synth();
    await lint([join(output, 'TokenVending-github.template.json')]);
  }, 300_000);

  const Type = 'AWS::Lambda::Function';
  const right = { Code: { S3Bucket: 'b', S3Key: 'k' }, Role: 'r', Handler: 'index.handler', Runtime: 'nodejs24.x' };

  test.each<[string, string, object, string]>([
    ['a type that does not exist', 'AWS::Lambda::Funktion', right, 'E3006'],
    ['a property that does not exist', Type, { ...right, Timeot: 15 }, 'E3002'],
    ['an inner property that does not exist', Type, { ...right, Code: { S3Bukket: 'b' } }, 'E3002'],
    ['a missing property', Type, { ...right, Role: undefined }, 'E3003'],
    ['a value of another type', Type, { ...right, Architectures: 'arm64' }, 'E3012'],
    ['a number as text', Type, { ...right, MemorySize: '512' }, 'E3012'],
  ])('would find %s', async (title, type, Properties, rule) => {
    const file = join(planted, `${title.replaceAll(' ', '-')}.template.json`);
    await writeFile(file, JSON.stringify({ Resources: { Planted: { Type: type, Properties } } }));
    await expect(lint([file])).rejects.toThrow(rule);
  });
});
