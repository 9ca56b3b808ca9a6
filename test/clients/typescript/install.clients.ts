import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../../support/running-stack.ts';

const packageDirectory = join(import.meta.dirname, '../../../clients/typescript');
const run = promisify(execFile);

let stack: RunningStack | undefined;

test('the packed package and its peers, installed from the registry in an empty project, get a token', async () => {
  stack = await startRunningStack();
  const project = await mkdtemp(join(tmpdir(), 'token-vending-project-'));
  try {
    await run('npm', ['run', 'build'], { cwd: packageDirectory });
    await run('npm', ['pack', '--pack-destination', project], { cwd: packageDirectory });
    await writeFile(join(project, 'package.json'), '{ "name": "empty", "private": true }');
    await run('npm', ['install', './token-vending-client-0.1.0.tgz'], { cwd: project });
    const { sessionToken, ...caller } = stack.orders;
    const env = {
      ...process.env,
      TOKEN_VENDING_ENDPOINT: stack.endpoint,
      AWS_REGION: stack.region,
      AWS_ACCESS_KEY_ID: caller.accessKeyId,
      AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    const { stdout } = await run('npx', ['--no-install', 'token-vending', 'token', 'prove'], { cwd: project, env });
    expect(stdout).toMatch(/^eyJ\S+\n$/);
  } finally {
    await Promise.all([stack.close(), rm(project, { recursive: true })]);
  }
}, 180_000);
