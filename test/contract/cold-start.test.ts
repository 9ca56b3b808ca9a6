import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
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
let onSecretRead = (): void => {};

class WatchedStore extends SecretStore {
  override GetSecretValue(input: Parameters<SecretStore['GetSecretValue']>[0]): object {
    onSecretRead();
    return super.GetSecretValue(input);
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'token-vending-'));
  bootstrapFile = await bundleBootstrap(directory);
  await bundleFunction('vend', join(directory, 'vend'));
  const store = new WatchedStore(Date.now);
  store.CreateSecret({ Name: 'prove', SecretString: '{"client_id":"a","client_secret":"b"}' });
  secretsManager = await startSecretsManager(store);
  prove = await startProveServer({ clientId: 'a', clientSecret: 'b' });
});
afterEach(() => instance.close());

type Settings = Readonly<Record<string, { tokenUrl: string; secretId: string; dialect: string }>>;

const providerAt = (tokenUrl: string) => ({ tokenUrl, secretId: 'prove', dialect: 'prove' });
afterAll(() => Promise.all([secretsManager.close(), prove.close(), rm(directory, { recursive: true })]));

/** The bundle as Lambda runs it. */
async function start(
  handler: 'index.handler' | 'provisioned.handler',
  initializationType: 'on-demand' | 'provisioned-concurrency',
  providers: Settings = { prove: providerAt(prove.tokenUrl) },
): Promise<Instance> {
  instance = await startInstance({
    codeDirectory: join(directory, 'vend'),
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
      PROVIDERS: JSON.stringify(providers),
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

test('one that is started on demand beside it asks for nothing before it is asked', async () => {
  const issuedBefore = prove.issued;
  const started = await start('provisioned.handler', 'on-demand');
  expect(prove.issued).toBe(issuedBefore);
  expect(await vendFrom(started)).toBe('exchange');
});

/** A provider that only counts who connects. */
async function startCounting() {
  const server = createServer();
  const connected = once(server, 'connection');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    // The instance that it belongs to is killed.
    socket.on('error', () => {});
  });
  return {
    tokenUrl: `http://127.0.0.1:${port}/token`,
    connected,
    count: () => connections,
    close: () => server.close(),
  };
}

test('the connection to an only provider is opened before the first event', async () => {
  const counting = await startCounting();
  await start('index.handler', 'on-demand', { only: providerAt(counting.tokenUrl) });
  await counting.connected;
  counting.close();
});

test('no secret is read before somebody asks for a token: not for /health', async () => {
  let reads = 0;
  onSecretRead = () => {
    reads += 1;
  };
  const started = await start('index.handler', 'on-demand');
  const health = { resource: '/health', httpMethod: 'GET' };
  expect(await started.invoke(health)).toMatchObject({ statusCode: 200 });
  expect(reads).toBe(0);
});

test('of several providers nothing is read and none is connected to that nobody asks for', async () => {
  const counting = await startCounting();
  let reads = 0;
  onSecretRead = () => {
    reads += 1;
  };
  const providers = { prove: providerAt(prove.tokenUrl), other: providerAt(counting.tokenUrl) };
  expect(await vendFrom(await start('index.handler', 'on-demand', providers))).toBe('exchange');
  expect([reads, counting.count()]).toEqual([1, 0]);
  counting.close();
});
