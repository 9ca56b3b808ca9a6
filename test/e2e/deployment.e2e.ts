import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type ProveServer, startProveServer } from '../../local/providers/prove-server.ts';
import { hasLambdasForm } from '../support/log-form.ts';
import { type SigningKeys, sendSignedByAws4fetch } from '../support/signed-request.ts';
import { accountId, region, rootKey } from './support/account.ts';
import { readOutputs, runCdk } from './support/cdk.ts';
import { readLogGroup } from './support/function-log.ts';
import { createUser } from './support/iam-users.ts';
import { invokeFunction } from './support/invoke-function.ts';
import { type MiniStack, startMiniStack } from './support/ministack.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';

const root = join(import.meta.dirname, '../..');
const directory = join(root, '.build/e2e');
const stackName = 'TokenVending-emulator';
const secretId = 'token-vending/emulator/prove';
const outputsFile = join(directory, 'outputs.json');
const appOptions = ['--app', 'node test/e2e/app.ts', '--output', join(directory, 'cdk.out')];
const firstCredentials = { clientId: 'first-client', clientSecret: 'the-first-client-secret' };
const secondCredentials = { clientId: 'first-client', clientSecret: 'the-second-client-secret' };

let bin: string;
let miniStack: MiniStack;
let prove: ProveServer;
let secretsManager: SecretsManagerClient;
let outputs: Readonly<Record<string, string>>;
let orders: SigningKeys;
let intruder: SigningKeys;
let lastToken: string;

afterAll(async () => {
  secretsManager?.destroy();
  await Promise.all([miniStack?.stop(), prove?.close()]);
});

let hasFailed = false;

/** A test that needs the previous ones: after a failure the rest fails at once. */
function step(title: string, run: () => Promise<void>): void {
  const runStep = async (): Promise<void> => {
    if (hasFailed) throw new Error('A step before this one failed.');
    hasFailed = true;
    await run();
    hasFailed = false;
  };
  test(title, runStep, 180_000);
}

async function deploy(memoryMb: number): Promise<string> {
  const options = [...appOptions, '--require-approval', 'never', '--outputs-file', outputsFile];
  const settings = { TOKEN_URL: prove.tokenUrl, MEMORY_MB: String(memoryMb) };
  const output = await runCdk(['deploy', stackName, ...options], { ...miniStack.environment, ...settings });
  outputs = await readOutputs(outputsFile, stackName);
  return output;
}

/** The deployed API's URL in MiniStack, because the host names of execute-api are AWS's own. */
function urlOf(path: string): string {
  const apiId = /^https:\/\/([^.]+)\.execute-api\./.exec(outputs['Endpoint'] ?? '')?.[1];
  return `${miniStack.url}/restapis/${apiId}/v1/_user_request_${path}`;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };

function vend(caller: SigningKeys, path = '/tokens/prove', body = ''): Promise<Response> {
  return sendSignedByAws4fetch({ method: 'POST', url: urlOf(path), headers: form, body }, caller, region);
}

/** After a failure the function says how long it will give the same answer. */
async function vendAfterBackOff(): Promise<Response> {
  const response = await vend(orders);
  const retryAfter = response.headers.get('retry-after');
  if (retryAfter === null) return response;
  await wait(Number(retryAfter) * 1000);
  return vend(orders);
}

async function fillSecret({ clientId, clientSecret }: { clientId: string; clientSecret: string }): Promise<void> {
  const SecretString = JSON.stringify({ client_id: clientId, client_secret: clientSecret });
  await secretsManager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
}

async function expectNewToken(response: Response): Promise<void> {
  const body = await response.text();
  expect({ status: response.status, body }).toEqual({ status: 200, body: expect.any(String) });
  expect(response.headers.get('x-token-source')).toBe('exchange');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const answer = JSON.parse(body) as { access_token: string };
  expect(answer).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: expect.any(Number) });
  expect(answer.access_token).not.toBe(lastToken);
  lastToken = answer.access_token;
}

describe('the stack, deployed', () => {
  step('has an emulator to deploy to', async () => {
    await mkdir(directory, { recursive: true });
    bin = await preparePythonEnvironment(join(directory, 'venv'));
    await rm(join(directory, 'ministack'), { recursive: true, force: true });
    prove = await startProveServer(firstCredentials);
    miniStack = await startMiniStack(bin, join(directory, 'ministack'));
    secretsManager = new SecretsManagerClient({ endpoint: miniStack.url, region, credentials: rootKey });
  });

  step('is created in a bootstrapped account', async () => {
    await runCdk(['bootstrap', `aws://${accountId}/${region}`, ...appOptions], {
      ...miniStack.environment,
      TOKEN_URL: prove.tokenUrl,
    });
    const settings = { ...miniStack.environment, TOKEN_URL: prove.tokenUrl };
    expect(await runCdk(['diff', stackName, ...appOptions], settings)).toContain('AWS::ApiGateway::RestApi');
    await deploy(512);
    expect(outputs).toEqual({
      Region: region,
      Endpoint: expect.stringMatching(/^https:\/\/\w+\.execute-api\.us-east-1\.amazonaws\.com\/v1$/),
      SecretArnProve: expect.stringContaining(`:secret:${secretId}-`),
      CallerPolicyArnProve: `arn:aws:iam::${accountId}:policy/${stackName}-vend-prove`,
      HealthPolicyArn: `arn:aws:iam::${accountId}:policy/${stackName}-health`,
      ProberFunctionName: expect.stringContaining('ProbeFunction'),
      VendingFunctionArn: expect.stringMatching(/:live$/),
    });
    orders = await createUser(miniStack.url, 'orders', outputs['CallerPolicyArnProve']);
    intruder = await createUser(miniStack.url, 'intruder');
  });

  step('answers server_error until an operator fills the secret', async () => {
    const response = await vend(orders);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: 'server_error' });
    const log = await readLogGroup(miniStack.url, '/token-vending/emulator/vend');
    expect(log).toMatch(/"reason":"secret_not_filled_in"/);
    const ownLines = log.split('\n').filter((line) => line.includes('"message"'));
    expect(ownLines.length).toBeGreaterThan(0);
    expect(ownLines.filter((line) => !hasLambdasForm(line))).toEqual([]);
    expect(prove.issued).toBe(0);
  });

  step('vends to a caller with the policy, once the secret is filled', async () => {
    await fillSecret(firstCredentials);
    await expectNewToken(await vendAfterBackOff());
    const again = await vend(orders);
    expect(again.headers.get('x-token-source')).toBe('memory');
    expect(await again.json()).toMatchObject({ access_token: lastToken });
    expect(prove.issued).toBe(1);
  });

  step('refuses callers without a policy, other paths, and wrong signatures', async () => {
    const unsigned = await fetch(urlOf('/tokens/prove'), { method: 'POST', headers: form });
    const wrongKey = await vend({ ...orders, secretAccessKey: 'not-its-key' });
    const refusals = [await vend(intruder), await vend(orders, '/tokens/other'), wrongKey, unsigned];
    expect(refusals.map((response) => response.status)).toEqual([403, 403, 403, 403]);
    expect(prove.issued).toBe(1);
  });

  step('probes itself with a caller’s rights', async () => {
    const { error, result } = await invokeFunction(miniStack.url, 'ProbeFunction', {});
    expect(error).toBeUndefined();
    const { results } = JSON.parse(result) as { results: readonly { outcome: string }[] };
    expect(results).toHaveLength(10);
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  });

  step('goes on with a changed secret when the provider refuses the old one', async () => {
    prove.setCredentials(secondCredentials);
    await fillSecret(secondCredentials);
    const fingerprint = createHash('sha256').update(lastToken).digest('hex');
    await expectNewToken(await vend(orders, '/tokens/prove', `rejected_token_sha256=${fingerprint}`));
  });

  step('rotates with the deployed function, which promotes only what the provider accepts', async () => {
    const rotate = async (ClientRequestToken: string, secret: string): Promise<readonly (string | undefined)[]> => {
      const SecretString = JSON.stringify({ client_id: 'first-client', client_secret: secret });
      const staged = { SecretId: secretId, SecretString, ClientRequestToken, VersionStages: ['AWSPENDING'] };
      const { ARN: SecretId } = await secretsManager.send(new PutSecretValueCommand(staged));
      const errors: (string | undefined)[] = [];
      for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
        const event = { SecretId, ClientRequestToken, Step };
        errors.push((await invokeFunction(miniStack.url, 'RotateFunction', event)).error);
      }
      return errors;
    };
    const refused = expect.stringContaining('The provider refuses the new credentials.');
    expect(await rotate('00000000-0000-4000-8000-00000000000a', 'a-wrong-client-secret')).toEqual([
      undefined,
      undefined,
      refused,
      refused,
    ]);
    const thirdCredentials = { clientId: 'first-client', clientSecret: 'the-third-client-secret' };
    prove.setCredentials(thirdCredentials);
    const id = '00000000-0000-4000-8000-00000000000b';
    expect(await rotate(id, thirdCredentials.clientSecret)).toEqual([undefined, undefined, undefined, undefined]);
    const { VersionId } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }));
    expect(VersionId).toBe(id);
  });

  step('keeps its endpoint and its secret during an update', async () => {
    const before = outputs;
    const output = await deploy(1024);
    expect(output).toContain('UPDATE_COMPLETE');
    expect(outputs).toEqual(before);
    const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }));
    expect(SecretString).toContain('the-third-client-secret');
    // A new version of the function: another instance, which holds no token yet.
    await expectNewToken(await vend(orders));
  });

  step('leaves nothing behind when it is destroyed', async () => {
    await runCdk(['destroy', stackName, '--force', ...appOptions], {
      ...miniStack.environment,
      TOKEN_URL: prove.tokenUrl,
    });
    expect((await vend(orders)).status).not.toBe(200);
    await expect(secretsManager.send(new DescribeSecretCommand({ SecretId: secretId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
