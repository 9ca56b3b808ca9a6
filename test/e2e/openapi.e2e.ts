import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';
import { runCommand } from './support/run-command.ts';

const root = join(import.meta.dirname, '../..');
const directory = join(root, '.build/e2e/schemathesis');

let stack: RunningStack;

beforeAll(async () => {
  stack = await startRunningStack(2);
});

afterAll(() => stack.close());

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
];

test('every request gets an answer that docs/openapi.yaml documents, and never a 5xx', async () => {
  const bin = await preparePythonEnvironment(join(root, '.build/e2e/venv'));
  await mkdir(directory, { recursive: true });
  const output = await runCommand(
    join(bin, 'st'),
    [
      ...['run', join(root, 'docs/openapi.yaml'), '--url', stack.endpoint, '--checks', checks.join(',')],
      // The same requests every time, so that a failure can be repeated.
      ...['--max-examples', '200', '--seed', '1', '--no-color'],
    ],
    {
      cwd: directory,
      env: {
        ...process.env,
        PYTHONPATH: join(import.meta.dirname, 'support'),
        PYTHONDONTWRITEBYTECODE: '1',
        SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
        AWS_REGION: stack.region,
        AWS_ACCESS_KEY_ID: stack.orders.accessKeyId,
        AWS_SECRET_ACCESS_KEY: stack.orders.secretAccessKey,
        AWS_SESSION_TOKEN: stack.orders.sessionToken,
      },
    },
  );
  expect(output).toMatch(/Tested: 2\n/);
  // The signatures were good, and tokens were vended.
  const statuses = new Set(stack.answered.map(({ status }) => status));
  expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400, 403, 404, 415]));
}, 600_000);
