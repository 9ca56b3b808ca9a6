import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { startRunningStack } from '../support/running-stack.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';
import { runCommand } from './support/run-command.ts';

const directory = join(import.meta.dirname, '../../.build/e2e');
let bin: string;

beforeAll(async () => {
  await mkdir(directory, { recursive: true });
  bin = await preparePythonEnvironment(join(directory, 'venv'));
}, 300_000);

test.each(['rest', 'http'] as const)(
  'botocore’s signature for a custom domain is good before an API of kind %s',
  async (api) => {
    const stack = await startRunningStack(1, undefined, { api });
    const { accessKeyId, secretAccessKey, sessionToken } = stack.orders;
    const script = join(import.meta.dirname, 'support/sign_with_botocore.py');
    const credentials = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      // A host name of one's own does not name the region.
      AWS_DEFAULT_REGION: stack.region,
    };
    const url = 'https://tokens.example.com/v1/tokens/prove';
    const output = await runCommand(join(bin, 'python'), [script, url, stack.endpoint], { env: credentials });
    expect(output.trim()).toBe('200 Bearer');
    await stack.close();
  },
  60_000,
);
