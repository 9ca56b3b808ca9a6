import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ProveServer, startProveServer } from '../../local/providers/prove-server.ts';
import { type AppFolder, createAppFolder } from '../infra/package/packed-package.ts';
import { sendSignedByAws4fetch } from '../support/signed-request.ts';
import { accountId, region, rootKey } from './support/account.ts';
import { readOutputs, runCdk } from './support/cdk.ts';
import { createAccessKey } from './support/iam-users.ts';
import { type MiniStack, startMiniStack } from './support/ministack.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';

const directory = join(import.meta.dirname, '../../.build/e2e');
const credentials = { clientId: 'the-client', clientSecret: 'the-client-secret' };

let installed: AppFolder;
let prove: ProveServer;
let miniStack: MiniStack;

beforeAll(async () => {
  await mkdir(directory, { recursive: true });
  const bin = await preparePythonEnvironment(join(directory, 'venv'));
  await rm(join(directory, 'ministack-package'), { recursive: true, force: true });
  [installed, prove, miniStack] = await Promise.all([
    createAppFolder(),
    startProveServer(credentials),
    startMiniStack(bin, join(directory, 'ministack-package')),
  ]);
}, 300_000);

afterAll(() => Promise.all([installed?.close(), prove?.close(), miniStack?.stop()]));

/** @returns the outputs of the app's only stack */
async function deploy(app: 'platform' | 'orders', stack: string): Promise<Readonly<Record<string, string>>> {
  const outputsFile = join(directory, `outputs-${app}.json`);
  const environment = {
    ...miniStack.environment,
    APP: app,
    PACKAGE_FOLDER: installed.directory,
    TOKEN_URL: prove.tokenUrl,
  };
  const options = ['--app', 'node test/e2e/package-app.ts', '--output', join(directory, `cdk-${app}.out`)];
  await runCdk(['bootstrap', `aws://${accountId}/${region}`, ...options], environment);
  await runCdk(
    ['deploy', stack, ...options, '--require-approval', 'never', '--outputs-file', outputsFile],
    environment,
  );
  return readOutputs(outputsFile, stack);
}

test('a caller’s app vends what it was granted, knowing only the name of the environment that the platform’s app deployed', async () => {
  const platform = await deploy('platform', 'Platform');
  const secretsManager = new SecretsManagerClient({ endpoint: miniStack.url, region, credentials: rootKey });
  const SecretString = JSON.stringify({ client_id: credentials.clientId, client_secret: credentials.clientSecret });
  await secretsManager.send(new PutSecretValueCommand({ SecretId: 'token-vending/packaged/prove', SecretString }));
  secretsManager.destroy();

  const { Endpoint = '' } = await deploy('orders', 'Orders');
  expect(Endpoint).toBe(platform['Endpoint']);
  const apiId = /^https:\/\/([^.]+)\.execute-api\.us-east-1\.amazonaws\.com\/v1$/.exec(Endpoint)?.[1];
  const orders = await createAccessKey(miniStack.url, 'orders');
  const vend = (provider: string) =>
    sendSignedByAws4fetch(
      {
        method: 'POST',
        url: `${miniStack.url}/restapis/${apiId}/v1/_user_request_/tokens/${provider}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: '',
      },
      orders,
      region,
    );
  const granted = await vend('prove');
  expect(granted.status).toBe(200);
  expect(await granted.json()).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) });
  expect((await vend('other')).status).toBe(403);
  expect(prove.issued).toBe(1);
}, 600_000);
