import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TokenError } from '../../../../functions/shared/runtime/errors.ts';
import { createHttpClient } from '../../../../functions/shared/runtime/http-client.ts';
import { createSecretsManagerClient } from '../../../../functions/shared/secrets/secrets-manager-client.ts';
import { type CurrentVersion, SecretReader } from '../../../../functions/vend/tokens/secret-reader.ts';
import { type LoopbackServer, listenOnLoopback } from '../../../../local/loopback-server.ts';
import { startSecretsManager } from '../../../../local/secrets-manager/secrets-manager.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { pointSdkAt } from '../../../support/sdk-environment.ts';

const environment = { ...process.env };
const SecretId = 'the-secret';
const source = { secretId: SecretId, clientAuth: 'client_secret_post' } as const;
const first = '{"client_id":"a","client_secret":"b"}';

let server: LoopbackServer;
let clock: FakeClock;
let stale: TokenError[];
let currentReads: CurrentVersion[];

/** The reader with the function's own client, pointed at a local server by environment variables only. */
function createReader(url: string): SecretReader {
  pointSdkAt(url);
  clock = createFakeClock();
  stale = [];
  currentReads = [];
  return new SecretReader({
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
  test('reads once in five minutes for all callers, and knows the version', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    const { VersionId } = await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    const reads = await Promise.all([reader.read(source), reader.read(source)]);
    expect(reads[0]).toBe(reads[1]);
    expect(reads[0]).toEqual({
      credentials: { kind: 'secret', clientId: 'a', clientSecret: 'b', versionId: VersionId },
      stage: 'AWSCURRENT',
      readMs: expect.any(Number),
    });
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"clientId":"c","clientSecret":"d"}' }));
    clock.advanceSeconds(299.999);
    expect((await reader.read(source)).credentials.clientId).toBe('a');
    clock.advanceSeconds(0.001);
    expect((await reader.read(source)).credentials).toMatchObject({ clientId: 'c', clientSecret: 'd' });
  });

  test('reads afresh on demand', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    await reader.read(source);
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"client_id":"c","client_secret":"d"}' }));
    expect((await reader.readAfresh(source)).credentials.clientId).toBe('c');
    expect((await reader.read(source)).credentials.clientId).toBe('c');
  });

  test('reads another version by its label, unless it does not exist or cannot be used', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    expect(await reader.readStage(source, 'AWSPENDING')).toBeUndefined();
    const stage = (SecretString: string) =>
      client.send(new PutSecretValueCommand({ SecretId, SecretString, VersionStages: ['AWSPENDING'] }));
    const { VersionId } = await stage('{"client_id":"c","client_secret":"d"}');
    const pending = { credentials: { clientId: 'c', clientSecret: 'd', versionId: VersionId }, stage: 'AWSPENDING' };
    const reads = [reader.readStage(source, 'AWSPENDING'), reader.readStage(source, 'AWSPENDING')];
    const [one, other] = await Promise.all(reads);
    expect(one).toMatchObject(pending);
    expect(one).toBe(other);
    await stage('canary');
    expect(await reader.readStage(source, 'AWSPENDING')).toBeUndefined();
    expect(await reader.readStage({ ...source, secretId: 'missing' }, 'AWSPREVIOUS')).toBeUndefined();
  });

  test('reports the age of each AWSCURRENT version that it reads, and of no other', async () => {
    const ages = [2.5 * 86_400_000, -1000];
    const aging = await listenOnLoopback(async (_request, response) => {
      const CreatedDate = (clock.now() - (ages.shift() ?? 0)) / 1000;
      response.end(JSON.stringify({ VersionId: 'v', SecretString: first, CreatedDate }));
    });
    const reader = createReader(aging.url);
    await reader.read(source);
    await reader.read(source);
    await reader.readAfresh(source);
    await reader.readStage(source, 'AWSPENDING');
    expect(currentReads).toEqual([
      { secretId: SecretId, versionId: 'v', ageMs: 216_000_000 },
      { secretId: SecretId, versionId: 'v', ageMs: 0 },
    ]);
    await aging.close();
  });

  test('serves the last good value while Secrets Manager fails, and reports it', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    await reader.read(source);
    await client.send(new DeleteSecretCommand({ SecretId }));
    clock.advanceSeconds(300);
    expect((await reader.read(source)).credentials.clientId).toBe('a');
    expect(stale.map(({ reason }) => reason)).toEqual(['secret_deleted']);
    clock.advanceSeconds(29);
    expect((await reader.read(source)).readMs).toBeUndefined();
    clock.advanceSeconds(1);
    await reader.read(source);
    expect(stale).toHaveLength(2);
  });

  test('serves the last good value of a deleted secret for 15 minutes, and no longer', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient(createHttpClient().send);
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    await reader.read(source);
    await client.send(new DeleteSecretCommand({ SecretId }));
    for (let minute = 5; minute < 20; minute += 1) {
      clock.advanceSeconds(minute === 5 ? 300 : 60);
      expect((await reader.read(source)).credentials.clientId).toBe('a');
    }
    clock.advanceSeconds(60);
    await expect(reader.read(source)).rejects.toMatchObject({ reason: 'secret_deleted' });
    await client.send(new RestoreSecretCommand({ SecretId }));
    expect((await reader.read(source)).credentials.clientId).toBe('a');
  });

  test('serves the last good value for as long as Secrets Manager is merely down', async () => {
    const answers = [first];
    const failing = await listenOnLoopback(async (_request, response) => {
      const SecretString = answers.shift();
      if (SecretString === undefined) response.writeHead(500).end('{}');
      else response.end(JSON.stringify({ VersionId: 'v', SecretString }));
    });
    const reader = createReader(failing.url);
    await reader.read(source);
    clock.advanceSeconds(86_400);
    expect((await reader.read(source)).credentials.clientId).toBe('a');
    await failing.close();
  });

  test.each([
    ['AccessDeniedException', 'secret_access_denied'],
    ['DecryptionFailure', 'secret_decryption_failed'],
    ['ResourceNotFoundException', 'secret_not_found'],
    ['KMSInvalidStateException', 'secret_kms_key_unusable'],
    ['ThrottlingException', 'secret_throttled'],
    ['InternalServiceError', 'secret_unavailable'],
  ])('reports %s as %s and quotes nothing of its message', async (type, reason) => {
    const failing = await listenOnLoopback(async (_request, response) => {
      response.writeHead(400, { 'x-amzn-errortype': type }).end(JSON.stringify({ __type: type, message: 'canary' }));
    });
    const error = await createReader(failing.url)
      .read(source)
      .catch((thrown: TokenError) => thrown);
    expect(error).toMatchObject({ reason, details: { secretId: SecretId, errorName: type } });
    expect(JSON.stringify(error) + (error as TokenError).message).not.toContain('canary');
    await failing.close();
  });

  test('gives up on a Secrets Manager that does not answer', async () => {
    const hanging = await listenOnLoopback(async () => {});
    await expect(createReader(hanging.url).read(source)).rejects.toMatchObject({
      reason: 'secret_timeout',
    });
    await hanging.close();
  });
});
