import { CreateSecretCommand, DeleteSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { VendError } from '../../../functions/shared/errors.ts';
import { createSecretReader, type SecretReader } from '../../../functions/shared/secret-reader.ts';
import { createSecretsManagerClient } from '../../../functions/shared/secrets-manager-client.ts';
import { type LoopbackServer, listenOnLoopback } from '../../../local/loopback-server.ts';
import { startSecretsManager } from '../../../local/secrets-manager/secrets-manager.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

const environment = { ...process.env };
const SecretId = 'the-secret';
const first = '{"client_id":"a","client_secret":"b"}';

let server: LoopbackServer;
let clock: FakeClock;
let stale: VendError[];

/** The reader over the client that the function uses, pointed at a server of ours by the environment alone. */
function createReader(url: string): SecretReader {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
  });
  clock = createFakeClock();
  stale = [];
  return createSecretReader({
    client: createSecretsManagerClient(100),
    now: clock.now,
    onStale: (error) => stale.push(error),
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
    const client = createSecretsManagerClient();
    const { VersionId } = await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    const reads = await Promise.all([reader.read(SecretId, 'secret'), reader.read(SecretId, 'secret')]);
    expect(reads[0]).toBe(reads[1]);
    expect(reads[0]).toEqual({
      credentials: { kind: 'secret', clientId: 'a', clientSecret: 'b', versionId: VersionId },
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
    const client = createSecretsManagerClient();
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: first }));
    await reader.read(SecretId, 'secret');
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"client_id":"c","client_secret":"d"}' }));
    expect((await reader.readAfresh(SecretId, 'secret')).credentials.clientId).toBe('c');
    expect((await reader.read(SecretId, 'secret')).credentials.clientId).toBe('c');
  });

  test('serves the last good value while Secrets Manager fails, and says so', async () => {
    const reader = createReader(server.url);
    const client = createSecretsManagerClient();
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
