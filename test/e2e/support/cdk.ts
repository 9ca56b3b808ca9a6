import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

const root = join(import.meta.dirname, '../../..');

/** Runs the CDK command, as `npx cdk` does, and returns what it wrote. */
export function runCdk(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const command = join(root, 'node_modules/aws-cdk/bin/cdk');
  return runCommand(process.execPath, [command, ...args, '--no-color', '--no-notices'], {
    cwd: root,
    // A test sends no telemetry and looks for no notices.
    env: { ...withoutAwsSettings(process.env), ...environment, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
}

/** Nothing of the developer's own AWS configuration may reach a test that deploys. */
function withoutAwsSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('CDK_'));
  const nowhere = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  return { ...Object.fromEntries(kept), ...nowhere, AWS_EC2_METADATA_DISABLED: 'true' };
}

/** Reads what `cdk deploy --outputs-file` wrote about one stack. */
export async function readOutputs(file: string, stack: string): Promise<Readonly<Record<string, string>>> {
  const outputs = JSON.parse(await readFile(file, 'utf8')) as Record<string, Record<string, string>>;
  const ofStack = outputs[stack];
  if (ofStack === undefined) throw new Error(`${file} has no outputs of ${stack}`);
  return ofStack;
}
