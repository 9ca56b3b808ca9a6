import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createHttpClient } from '../../functions/shared/runtime/http-client.ts';
import { createSecretsManagerClient } from '../../functions/shared/secrets/secrets-manager-client.ts';
import type { Settings } from '../../functions/shared/settings/config.ts';
import { createDynamoDbClient } from '../../functions/vend/tokens/token-store/dynamodb-client.ts';
import { bundleFunction } from '../../infra/bundling.ts';
import { writeSettings } from '../../infra/functions/settings-file.ts';
import { bundleBootstrap } from '../../local/lambda/bundles.ts';
import { type Instance, startInstance } from '../../local/lambda/instance.ts';
import { type ProveServer, startProveServer } from '../../local/providers/prove-server.ts';
import { createTokenTable } from '../../local/token-table/create-token-table.ts';
import { startTableServer } from '../../local/token-table/table-server.ts';
import { type FaultySecretsManager, startFaultySecretsManager } from '../support/faulty-secrets-manager.ts';
import { buildVendEvent } from '../support/rest-event.ts';
import { pointSdkAt } from '../support/sdk-environment.ts';

let directory: string;
let bootstrapFile: string;
let secretsManager: FaultySecretsManager;
let prove: ProveServer;
let instance: Instance;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'token-vending-'));
  bootstrapFile = await bundleBootstrap(directory);
  await Promise.all([
    bundleFunction('vend', join(directory, 'vend')),
    bundleFunction('vend-with-token-store', join(directory, 'vend-with-token-store')),
  ]);
  secretsManager = await startFaultySecretsManager();
  pointSdkAt(secretsManager.url);
  const client = createSecretsManagerClient(createHttpClient().send);
  await client.send(new CreateSecretCommand({ Name: 'prove', SecretString: '{"client_id":"a","client_secret":"b"}' }));
  prove = await startProveServer({ clientId: 'a', clientSecret: 'b' });
});
afterEach(() => instance.close());

const providerAt = (tokenUrl: string) => ({ tokenUrl, secretId: 'prove', dialect: 'prove' as const });
afterAll(() => Promise.all([secretsManager.close(), prove.close(), rm(directory, { recursive: true })]));

/** The bundle as Lambda runs it. */
async function start(
  handler: 'index.handler' | 'provisioned.handler',
  initializationType: 'on-demand' | 'provisioned-concurrency',
  providers: Settings['providers'] = { prove: providerAt(prove.tokenUrl) },
  tableUrl?: string,
): Promise<Instance> {
  const codeDirectory = join(directory, tableUrl === undefined ? 'vend' : 'vend-with-token-store');
  writeSettings(codeDirectory, tableUrl === undefined ? { providers } : { providers, tokenStore: { table: 'tokens' } });
  instance = await startInstance({
    codeDirectory,
    handler,
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
      ...(tableUrl === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: tableUrl }),
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
  const started = await start('provisioned.handler', 'provisioned-concurrency');
  expect(prove.issued).toBe(issuedBefore + 1);
  expect(await vendFrom(started)).toBe('memory');
});

test('an instance that is started on demand beside it requests nothing before its first event', async () => {
  const issuedBefore = prove.issued;
  const started = await start('provisioned.handler', 'on-demand');
  expect(prove.issued).toBe(issuedBefore);
  expect(await vendFrom(started)).toBe('exchange');
});

test('an instance with a token store answers with the token that another has left there', async () => {
  const table = await startTableServer();
  pointSdkAt(secretsManager.url);
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = table.url;
  await createTokenTable(createDynamoDbClient(createHttpClient().send), 'tokens');
  const issuedBefore = prove.issued;
  const startWithStore = () => start('index.handler', 'on-demand', { prove: providerAt(prove.tokenUrl) }, table.url);
  const first = await startWithStore();
  expect(await vendFrom(first)).toBe('exchange');
  await first.close();
  expect(await vendFrom(await startWithStore())).toBe('shared');
  expect(prove.issued).toBe(issuedBefore + 1);
  await table.close();
});

test('with a token store, the connection to its table is opened before the first event, and none to the provider', async () => {
  const [table, counting] = [await startCounting(), await startCounting()];
  await start('index.handler', 'on-demand', { only: providerAt(counting.url) }, table.url);
  await table.connected;
  expect(counting.count()).toBe(0);
  table.close();
  counting.close();
});

test('the bundle without a token store has none of its code', async () => {
  const [without = '', withStore = ''] = await Promise.all(
    ['vend', 'vend-with-token-store'].map((name) => readFile(join(directory, name, 'function.js'), 'utf8')),
  );
  expect(withStore).toContain('aes-256-gcm');
  expect(withStore).toContain('ConditionalCheckFailed');
  expect(without).not.toContain('aes-256-gcm');
  expect(without).not.toContain('ConditionalCheckFailed');
});

/** A server that only counts connections. */
async function startCounting() {
  const server = createServer();
  const connected = once(server, 'connection');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    // Its instance is killed.
    socket.on('error', () => {});
  });
  return {
    url: `http://127.0.0.1:${port}/token`,
    connected,
    count: () => connections,
    close: () => server.close(),
  };
}

test('the connection to an only provider is opened before the first event', async () => {
  const counting = await startCounting();
  await start('index.handler', 'on-demand', { only: providerAt(counting.url) });
  await counting.connected;
  counting.close();
});

test('no secret is read before the first vend, and none for /health', async () => {
  const readsBefore = secretsManager.reads;
  const started = await start('index.handler', 'on-demand');
  const health = { resource: '/health', httpMethod: 'GET' };
  expect(await started.invoke(health)).toMatchObject({ statusCode: 200 });
  expect(secretsManager.reads - readsBefore).toBe(0);
});

test('with several providers, no secret is read and no provider connected to before a caller asks for it', async () => {
  const counting = await startCounting();
  const readsBefore = secretsManager.reads;
  const providers = { prove: providerAt(prove.tokenUrl), other: providerAt(counting.url) };
  expect(await vendFrom(await start('index.handler', 'on-demand', providers))).toBe('exchange');
  expect([secretsManager.reads - readsBefore, counting.count()]).toEqual([1, 0]);
  counting.close();
});
