import { CreateSecretCommand, DeleteSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { VendError } from '../../../../functions/shared/runtime/errors.ts';
import { createHttpClient } from '../../../../functions/shared/runtime/http-client.ts';
import { createSecretsManagerClient } from '../../../../functions/shared/secrets/secrets-manager-client.ts';
import {
  type CurrentVersion,
  createSecretReader,
  type SecretReader,
} from '../../../../functions/vend/tokens/secret-reader.ts';
import { type LoopbackServer, listenOnLoopback } from '../../../../local/loopback-server.ts';
import { startSecretsManager } from '../../../../local/secrets-manager/secrets-manager.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { pointSdkAt } from '../../../support/sdk-environment.ts';

const environment = { ...process.env };
const SecretId = 'the-secret';
const first = '{"client_id":"a","client_secret":"b"}';

let server: LoopbackServer;
let clock: FakeClock;
let stale: VendError[];
let currentReads: CurrentVersion[];

/** The reader over the client that the function uses, pointed at a server of ours by the environment alone. */
function createReader(url: string): SecretReader {
  pointSdkAt(url);
  clock = createFakeClock();
  stale = [];
  currentReads = [];
  return createSecretReader({
    client: createSecretsManagerClient(createHttpClient().send, 100),
    now: clock.now,
    onStale: (error) => stale.push(error),
    onRead: (current) => currentReads.push(current),
  });
}

beforeEach(async () => {
  server = await startSecretsManager();
});

afterEach(async () => {
  process.env = { ...environment };
  await server.close();
});

describe('the secret reader', () => {
  test('reads once for all who ask within five minutes, and knows the version', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    const { VersionId } = await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    const reads = await Promise.all([reader.read(SecretId, 'secret'), reader.read(SecretId, 'secret')]);
    expect(reads[0]).toBe(reads[1]);
    expect(reads[0]).toEqual({
      credentials: { kind: 'secret', clientId: 'a', clientSecret: 'b', versionId: VersionId },
      stage: 'AWSCURRENT',
      readMs: expect.any(Number),
    });
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"clientId":"c","clientSecret":"d"}' }));
    clock.advanceSeconds(299.999);
    expect((await reader.read(SecretId, 'secret')).credentials.clientId).toBe('a');
    clock.advanceSeconds(0.001);
    expect((await reader.read(SecretId, 'secret')).credentials).toMatchObject({ clientId: 'c', clientSecret: 'd' });
  });

  test('reads past its memory on demand', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    await reader.read(SecretId, 'secret');
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"client_id":"c","client_secret":"d"}' }));
    expect((await reader.readAfresh(SecretId, 'secret')).credentials.clientId).toBe('c');
    expect((await reader.read(SecretId, 'secret')).credentials.clientId).toBe('c');
  });

  test('reads another version by its label, and none that is not there or cannot be used', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    expect(await reader.readStage(SecretId, 'secret', 'AWSPENDING')).toBeUndefined();
    const stage = (SecretString: string) =>
      client.send(new PutSecretValueCommand({ SecretId, SecretString, VersionStages: ['AWSPENDING'] }));
    const { VersionId } = await stage('{"client_id":"c","client_secret":"d"}');
    const pending = { credentials: { clientId: 'c', clientSecret: 'd', versionId: VersionId }, stage: 'AWSPENDING' };
    const reads = [
      reader.readStage(SecretId, 'secret', 'AWSPENDING'),
      reader.readStage(SecretId, 'secret', 'AWSPENDING'),
    ];
    const [one, other] = await Promise.all(reads);
    expect(one).toMatchObject(pending);
    expect(one).toBe(other);
    await stage('canary');
    expect(await reader.readStage(SecretId, 'secret', 'AWSPENDING')).toBeUndefined();
    expect(await reader.readStage('missing', 'secret', 'AWSPREVIOUS')).toBeUndefined();
  });

  test('serves the version that it was told to keep until the secret is due', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    const read = await reader.read(SecretId, 'secret');
    clock.advanceSeconds(200);
    const kept = { ...read, stage: 'AWSPREVIOUS', credentials: { ...read.credentials, clientId: 'kept' } } as const;
    reader.keep(SecretId, 'secret', kept);
    clock.advanceSeconds(99.999);
    expect(await reader.read(SecretId, 'secret')).toEqual({ ...kept, readMs: undefined });
    clock.advanceSeconds(0.001);
    expect(await reader.read(SecretId, 'secret')).toMatchObject({
      stage: 'AWSCURRENT',
      credentials: { clientId: 'a' },
    });
    reader.keep('never-read', 'secret', kept);
    await expect(reader.read('never-read', 'secret')).rejects.toMatchObject({ reason: 'secret_not_found' });
  });

  test('tells the age of each AWSCURRENT version that it reads, and of nothing else', async () => {
    const ages = [2.5 * 86_400_000, -1000];
    const aging = await listenOnLoopback(async (_request, response) => {
      const CreatedDate = (clock.now() - (ages.shift() ?? 0)) / 1000;
      response.end(JSON.stringify({ VersionId: 'v', SecretString: first, CreatedDate }));
    });
    const reader = createReader(aging.url);
    await reader.read(SecretId, 'secret');
    await reader.read(SecretId, 'secret');
    await reader.readAfresh(SecretId, 'secret');
    await reader.readStage(SecretId, 'secret', 'AWSPENDING');
    expect(currentReads).toEqual([
      { secretId: SecretId, versionId: 'v', ageMs: 216_000_000 },
      { secretId: SecretId, versionId: 'v', ageMs: 0 },
    ]);
    await aging.close();
  });

  test('serves the last good value while Secrets Manager fails, and says so', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    await reader.read(SecretId, 'secret');
    await client.send(new DeleteSecretCommand({ SecretId }));
    clock.advanceSeconds(300);
    expect((await reader.read(SecretId, 'secret')).credentials.clientId).toBe('a');
    expect(stale.map(({ reason }) => reason)).toEqual(['secret_deleted']);
    clock.advanceSeconds(29);
    expect((await reader.read(SecretId, 'secret')).readMs).toBeUndefined();
    clock.advanceSeconds(1);
    await reader.read(SecretId, 'secret');
    expect(stale).toHaveLength(2);
  });

  test.each([
    ['AccessDeniedException', 'server_error', 'secret_access_denied'],
    ['DecryptionFailure', 'server_error', 'secret_decryption_failed'],
    ['ResourceNotFoundException', 'server_error', 'secret_not_found'],
    ['ThrottlingException', 'temporarily_unavailable', 'secret_throttled'],
    ['InternalServiceError', 'temporarily_unavailable', 'secret_unavailable'],
  ])('answers %s with %s and quotes nothing of its message', async (type, code, reason) => {
    const failing = await listenOnLoopback(async (_request, response) => {
      response.writeHead(400, { 'x-amzn-errortype': type }).end(JSON.stringify({ __type: type, message: 'canary' }));
    });
    const error = await createReader(failing.url)
      .read(SecretId, 'secret')
      .catch((thrown: VendError) => thrown);
    expect(error).toMatchObject({ code, reason, details: { secretId: SecretId, errorName: type } });
    expect(JSON.stringify(error) + (error as VendError).message).not.toContain('canary');
    await failing.close();
  });

  test('gives up on a Secrets Manager that does not answer', async () => {
    const hanging = await listenOnLoopback(async () => {});
    await expect(createReader(hanging.url).read(SecretId, 'secret')).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      reason: 'secret_timeout',
    });
    await hanging.close();
  });
});
