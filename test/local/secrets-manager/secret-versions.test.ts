import {
  CreateSecretCommand,
  DescribeSecretCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import { startSecretsManager } from '../../../local/secrets-manager/secrets-manager.ts';

const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];

let server: LoopbackServer;
let client: SecretsManagerClient;
let secretId = '';
let secrets = 0;
beforeAll(async () => {
  server = await startSecretsManager();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SecretsManagerClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(async () => {
  secrets += 1;
  secretId = `secret-${secrets}`;
  await client.send(new CreateSecretCommand({ Name: secretId, SecretString: 'one', ClientRequestToken: one }));
});

const put = (ClientRequestToken: string, SecretString: string, VersionStages?: string[]) =>
  client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString, ClientRequestToken, VersionStages }));

const move = (VersionStage: string, MoveToVersionId?: string, RemoveFromVersionId?: string) =>
  client.send(
    new UpdateSecretVersionStageCommand({ SecretId: secretId, VersionStage, MoveToVersionId, RemoveFromVersionId }),
  );

async function stages(): Promise<Record<string, string[]> | undefined> {
  return (await client.send(new DescribeSecretCommand({ SecretId: secretId }))).VersionIdsToStages;
}

describe('PutSecretValue', () => {
  test('makes the new version AWSCURRENT and the one before AWSPREVIOUS', async () => {
    expect(await put(two, 'two')).toMatchObject({ VersionId: two, VersionStages: ['AWSCURRENT'] });
    expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSCURRENT'] });
    await put(three, 'three');
    expect(await stages()).toEqual({ [two]: ['AWSPREVIOUS'], [three]: ['AWSCURRENT'] });
  });

  test('with VersionStages moves those labels only', async () => {
    await put(two, 'two', ['AWSPENDING']);
    expect(await stages()).toEqual({ [one]: ['AWSCURRENT'], [two]: ['AWSPENDING'] });
    await put(three, 'three', ['AWSPENDING', 'blue']);
    expect(await stages()).toEqual({ [one]: ['AWSCURRENT'], [three]: ['AWSPENDING', 'blue'] });
  });

  test('makes the first version of a secret AWSCURRENT, whatever its labels', async () => {
    await client.send(new CreateSecretCommand({ Name: `${secretId}-empty` }));
    const first = new PutSecretValueCommand({
      SecretId: `${secretId}-empty`,
      SecretString: 'x',
      VersionStages: ['AWSPENDING'],
    });
    expect(await client.send(first)).toMatchObject({ VersionStages: ['AWSPENDING', 'AWSCURRENT'] });
  });

  test('repeated with the same token changes nothing, even if labels have moved since', async () => {
    await put(two, 'two');
    expect(await put(one, 'one')).toMatchObject({ VersionId: one, VersionStages: ['AWSPREVIOUS'] });
    expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSCURRENT'] });
  });

  test('refuses a token that has other content, and one that is too short', async () => {
    await expect(put(one, 'two')).rejects.toThrow(ResourceExistsException);
    await expect(put('short', 'two')).rejects.toThrow(InvalidParameterException);
  });
});

describe('UpdateSecretVersionStage', () => {
  beforeEach(async () => {
    await put(two, 'two', ['AWSPENDING']);
  });

  test('moves AWSCURRENT, and AWSPREVIOUS after it', async () => {
    await move('AWSCURRENT', two, one);
    expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSPENDING', 'AWSCURRENT'] });
    await move('AWSCURRENT', one, two);
    expect(await stages()).toEqual({ [one]: ['AWSCURRENT'], [two]: ['AWSPENDING', 'AWSPREVIOUS'] });
  });

  test('adds a label that no version has, and removes one', async () => {
    await move('blue', one);
    expect(await stages()).toEqual({ [one]: ['AWSCURRENT', 'blue'], [two]: ['AWSPENDING'] });
    await move('AWSPENDING', undefined, two);
    expect(await stages()).toEqual({ [one]: ['AWSCURRENT', 'blue'] });
  });

  test.each<[string, Parameters<typeof move>]>([
    ['does not say which version loses the label', ['AWSCURRENT', two]],
    ['names the wrong one', ['AWSCURRENT', two, two]],
    ['takes away a label that is elsewhere', ['AWSPENDING', undefined, one]],
    ['takes away a label that is nowhere', ['blue', undefined, one]],
    ['takes AWSCURRENT away altogether', ['AWSCURRENT', undefined, one]],
    ['says neither from where nor to where', ['AWSPENDING']],
  ])('refuses a request that %s', async (_case, parameters) => {
    await expect(move(...parameters)).rejects.toThrow(InvalidParameterException);
    expect(await stages()).toEqual({ [one]: ['AWSCURRENT'], [two]: ['AWSPENDING'] });
  });

  test('says which version has the label', async () => {
    await expect(move('AWSCURRENT', two)).rejects.toThrow(
      `Staging label AWSCURRENT is currently attached to version ${one}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  });

  test('refuses a version that does not exist', async () => {
    await expect(move('AWSCURRENT', three, one)).rejects.toThrow(ResourceNotFoundException);
  });
});
