import { PutSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hasLambdasForm } from '../support/log-form.ts';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';

let stack: RunningStack;

beforeAll(async () => {
  stack = await startRunningStack();
});

afterAll(() => stack.close());

const secretId = 'token-vending/local/prove';

test('every line of both functions has the level and the timestamp that Lambda reads', async () => {
  await stack.vend('prove');
  await stack.vend('prove', 'grant_type=password');
  await stack.secretsManager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: 'not JSON' }));
  await stack.logOf(await stack.vend('oidc'));
  const SecretString = '{"client_id":"a","client_secret":"wrong"}';
  const VersionStages = ['AWSPENDING'];
  const staged = { SecretId: secretId, SecretString, VersionStages };
  const { VersionId: ClientRequestToken } = await stack.secretsManager.send(new PutSecretValueCommand(staged));
  await stack.secretsManager.send(new RotateSecretCommand({ SecretId: secretId, ClientRequestToken }));
  await stack.untilRotationLines(3);
  const lines = [...stack.functionLines, ...stack.rotationLines];
  expect(lines.filter((line) => !hasLambdasForm(line))).toEqual([]);
  const levels = lines.map((line) => (JSON.parse(line) as { level: string }).level);
  expect(new Set(levels)).toEqual(new Set(['info', 'warn', 'error']));
});
