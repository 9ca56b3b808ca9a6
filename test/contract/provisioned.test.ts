import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { bundleFunction } from '../../infra/bundling.ts';
import { bundleBootstrap } from '../../local/lambda/bundles.ts';
import { type Instance, startInstance } from '../../local/lambda/instance.ts';
import type { LoopbackServer } from '../../local/loopback-server.ts';
import { type ProveServer, startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import { buildVendEvent } from '../support/rest-event.ts';

let directory: string;
let bootstrapFile: string;
let secretsManager: LoopbackServer;
let prove: ProveServer;
let instance: Instance;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'token-vending-'));
  bootstrapFile = await bundleBootstrap(directory);
  await bundleFunction('vend', join(directory, 'vend'));
  const store = new SecretStore(Date.now);
  store.CreateSecret({ Name: 'prove', SecretString: '{"client_id":"a","client_secret":"b"}' });
  secretsManager = await startSecretsManager(store);
  prove = await startProveServer({ clientId: 'a', clientSecret: 'b' });
});
afterEach(() => instance.close());
afterAll(() => Promise.all([secretsManager.close(), prove.close(), rm(directory, { recursive: true })]));

/** The bundle as Lambda runs it where instances are kept warm. */
async function start(initializationType: string): Promise<Instance> {
  instance = await startInstance({
    codeDirectory: join(directory, 'vend'),
    handler: 'provisioned.handler',
    bootstrapFile,
    functionName: 'vend',
    functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:vend',
    region: 'us-east-1',
    timeoutMs: 15_000,
    environment: {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      AWS_LAMBDA_INITIALIZATION_TYPE: initializationType,
      PROVIDERS: JSON.stringify({ prove: { tokenUrl: prove.tokenUrl, secretId: 'prove', dialect: 'prove' } }),
    },
    onLine: () => {},
  });
  await instance.ready;
  return instance;
}

async function vendFrom(started: Instance): Promise<unknown> {
  const { headers } = (await started.invoke(buildVendEvent('prove'))) as { headers: Record<string, string> };
  return headers['x-token-source'];
}

test('an instance with provisioned concurrency holds a token when it is ready', async () => {
  const issuedBefore = prove.issued;
  const started = await start('provisioned-concurrency');
  expect(prove.issued).toBe(issuedBefore + 1);
  expect(await vendFrom(started)).toBe('memory');
});

test('one that is started on demand beside it asks for nothing before it is asked', async () => {
  const issuedBefore = prove.issued;
  const started = await start('on-demand');
  expect(prove.issued).toBe(issuedBefore);
  expect(await vendFrom(started)).toBe('exchange');
});
