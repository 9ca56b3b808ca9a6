import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { accountId, region } from './support/account.ts';
import { readOutputs, runCdk } from './support/cdk.ts';
import { type MiniStack, startMiniStack } from './support/ministack.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';

const directory = join(import.meta.dirname, '../../.build/e2e');
const outputsFile = join(directory, 'github-outputs.json');
const appOptions = [
  ...['--app', 'node toolchain/node.js infra/deployment/app.ts', '--output', join(directory, 'github.out')],
  // MiniStack has no OpenID Connect providers.
  ...['-c', 'repository=acme/token-vending', '-c', 'environments=dev', '-c', 'oidcProvider=existing'],
];

let miniStack: MiniStack | undefined;
afterAll(() => miniStack?.stop());

test('the roles of GitHub’s workflows are deployed by the command of docs/deploy.md', async () => {
  await mkdir(directory, { recursive: true });
  const bin = await preparePythonEnvironment(join(directory, 'venv'));
  await rm(join(directory, 'ministack-github'), { recursive: true, force: true });
  miniStack = await startMiniStack(bin, join(directory, 'ministack-github'));
  const { environment } = miniStack;
  await runCdk(['bootstrap', `aws://${accountId}/${region}`, ...appOptions], environment);
  const options = ['--require-approval', 'never', '--outputs-file', outputsFile];
  await runCdk(['deploy', ...appOptions, ...options], environment);
  expect(await readOutputs(outputsFile, 'TokenVending-github')).toEqual({
    DeployDevRoleArn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\/TokenVending-github-DeployDev/),
    DiffRoleArn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\/TokenVending-github-Diff/),
  });
}, 300_000);
