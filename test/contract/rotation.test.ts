import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';

// Rotations as AWS runs them, through the bundled functions.

const SecretId = 'token-vending/local/prove';
const versionId = '00000000-0000-4000-8000-000000000002';

let stack: RunningStack;
beforeEach(async () => {
  stack = await startRunningStack();
});
afterEach(async () => {
  expect([...stack.rotationLines, ...stack.functionLines].join()).not.toMatch(/client_secret|canary|eyJ/);
  await stack.close();
});

/** As in Prove's portal. @returns the new secret's content */
async function renew(form = ''): Promise<string> {
  const url = new URL('/admin/credentials', stack.providers.proveServer?.tokenUrl);
  return (await fetch(url, { method: 'POST', body: new URLSearchParams(form) })).text();
}

const stage = (SecretString: string, ClientRequestToken = versionId) =>
  stack.secretsManager.send(
    new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages: ['AWSPENDING'] }),
  );
const start = (ClientRequestToken?: string) =>
  stack.secretsManager.send(new RotateSecretCommand({ SecretId, ClientRequestToken }));

async function labels(): Promise<Record<string, string>> {
  const { VersionIdsToStages = {} } = await stack.secretsManager.send(new DescribeSecretCommand({ SecretId }));
  const entries = Object.entries(VersionIdsToStages).flatMap(([id, stages]) => stages.map((name) => [name, id]));
  return Object.fromEntries(entries);
}

const stepLines = (): Record<string, unknown>[] => stack.rotationLines.map((line) => JSON.parse(line));

test('a hard cutover costs no vend, and each step is in the log', async () => {
  const content = await renew('overlap=true');
  await stage(content);
  stack.providers.proveServer?.setCredentials(asPair(content));
  expect(await stack.vend('prove')).toMatchObject({ status: 200 });
  const { VersionId } = await start(versionId);
  expect(VersionId).toBe(versionId);
  await stack.untilRotationLines(4);
  expect(stepLines()).toMatchObject(
    ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((step) => ({ step, outcome: 'done' })),
  );
  expect(await labels()).toMatchObject({ AWSCURRENT: versionId, AWSPENDING: versionId });
  const described = await stack.secretsManager.send(new DescribeSecretCommand({ SecretId }));
  expect(described).toMatchObject({ RotationEnabled: true, RotationLambdaARN: expect.stringContaining('rotate') });
  expect(await stack.vend('prove', `rejected_token_sha256=${'0'.repeat(64)}`)).toMatchObject({ status: 200 });
  const { SecretString } = await stack.secretsManager.send(new GetSecretValueCommand({ SecretId }));
  expect(SecretString).toBe(content);
});

test('wrong credentials are never promoted, and the right ones take their place', async () => {
  const { AWSCURRENT: before } = await labels();
  await stage('{"client_id":"local-prove-client","client_secret":"canary-wrong"}');
  await start(versionId);
  await stack.untilRotationLines(3);
  expect(stepLines().at(-1)).toMatchObject({ step: 'testSecret', error: 'credentials_refused', RotationStepFailed: 1 });
  expect(await labels()).toEqual({ AWSCURRENT: before, AWSPENDING: versionId });
  const right = '00000000-0000-4000-8000-000000000003';
  await stage(await renew('overlap=true'), right);
  await start(right);
  await stack.untilRotationLines(7);
  expect(await labels()).toMatchObject({ AWSCURRENT: right, AWSPREVIOUS: before });
});

test('if another version is staged, RotateSecret reattempts that one and says so', async () => {
  await stage(await renew('overlap=true'));
  await expect(start()).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: "A previous rotation isn't complete. That rotation will be reattempted.",
  });
  await stack.untilRotationLines(4);
  expect(await labels()).toMatchObject({ AWSCURRENT: versionId });
});

test('if nothing is staged, the first step says how to stage', async () => {
  const { VersionId = '' } = await start();
  expect((await labels())['AWSPENDING']).toBe(VersionId);
  await stack.untilRotationLines(1);
  expect(stepLines()[0]).toMatchObject({ step: 'createSecret', error: 'nothing_staged' });
  expect((await labels())['AWSCURRENT']).not.toBe(VersionId);
});

function asPair(content: string): { clientId: string; clientSecret: string } {
  const { client_id: clientId, client_secret: clientSecret } = JSON.parse(content);
  return { clientId, clientSecret };
}
