import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import { startSecretsManager } from '../../../local/secrets-manager/secrets-manager.ts';

const Name = 'token-vending/test/prove';
const token = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;

let server: LoopbackServer;
let client: SecretsManagerClient;
beforeEach(async () => {
  server = await startSecretsManager(undefined, [
    { accessKeyId: 'ASIACALLER', arn: 'arn:aws:iam::111122223333:role/caller' },
  ]);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SecretsManagerClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

async function create(SecretString = 'one'): Promise<string> {
  const { ARN = '' } = await client.send(new CreateSecretCommand({ Name, SecretString, ClientRequestToken: token(1) }));
  return ARN;
}

async function read(SecretId = Name): Promise<string | undefined> {
  return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
}

describe('CreateSecret', () => {
  test('makes a secret whose first version is AWSCURRENT', async () => {
    const created = await client.send(
      new CreateSecretCommand({ Name, SecretString: 'one', Description: 'of a test', ClientRequestToken: token(1) }),
    );
    expect(created).toMatchObject({
      ARN: expect.stringMatching(
        /^arn:aws:secretsmanager:us-east-1:111122223333:secret:token-vending\/test\/prove-\w{6}$/,
      ),
      Name,
      VersionId: token(1),
    });
    expect(created).not.toHaveProperty('VersionStages');
    expect(await client.send(new GetSecretValueCommand({ SecretId: Name }))).toMatchObject({
      ARN: created.ARN,
      Name,
      VersionId: token(1),
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: expect.any(Date),
    });
  });

  test('without content makes a secret without a version', async () => {
    await client.send(new CreateSecretCommand({ Name }));
    await expect(read()).rejects.toThrow("can't find the specified secret value for staging label: AWSCURRENT");
  });

  test('repeated with its token and content succeeds again; otherwise the name is taken', async () => {
    const ARN = await create();
    expect(await create()).toBe(ARN);
    await expect(create('two')).rejects.toThrow(ResourceExistsException);
    const other = new CreateSecretCommand({ Name, SecretString: 'one', ClientRequestToken: token(2) });
    await expect(client.send(other)).rejects.toThrow(ResourceExistsException);
  });

  test.each(['has space', 'ä', 'a:b', 'x'.repeat(513)])('refuses the name "%s"', async (name) => {
    const refused = client.send(new CreateSecretCommand({ Name: name }));
    await expect(refused).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test('GetSecretValue finds a secret by name, by ARN, and by ARN without its random end', async () => {
  const ARN = await create();
  for (const id of [Name, ARN, ARN.slice(0, -7)]) expect(await read(id)).toBe('one');
  for (const id of ['token-vending/test', `${Name}x`, ARN.slice(0, -1)]) {
    await expect(read(id)).rejects.toThrow(ResourceNotFoundException);
  }
});

test('GetSecretValue finds a version by id, and refuses a label that it does not have', async () => {
  await create();
  const get = (VersionId: string, VersionStage?: string) =>
    client.send(new GetSecretValueCommand({ SecretId: Name, VersionId, VersionStage }));
  expect(await get(token(1), 'AWSCURRENT')).toMatchObject({ SecretString: 'one' });
  await expect(get(token(1), 'AWSPENDING')).rejects.toThrow(InvalidRequestException);
  await expect(get(token(2))).rejects.toThrow(ResourceNotFoundException);
});

test('a secret may be binary, and not both binary and text', async () => {
  const SecretBinary = Buffer.from([0, 255, 1]);
  await client.send(new CreateSecretCommand({ Name, SecretBinary }));
  const value = await client.send(new GetSecretValueCommand({ SecretId: Name }));
  expect(Buffer.from(value.SecretBinary ?? [])).toEqual(SecretBinary);
  const both = new PutSecretValueCommand({ SecretId: Name, SecretBinary, SecretString: 'x' });
  await expect(client.send(both)).rejects.toThrow(InvalidParameterException);
});

test('UpdateSecret changes the description, and the content if given', async () => {
  await create();
  await client.send(new UpdateSecretCommand({ SecretId: Name, Description: 'new' }));
  expect(await read()).toBe('one');
  const update = new UpdateSecretCommand({ SecretId: Name, SecretString: 'two', ClientRequestToken: token(2) });
  expect(await client.send(update)).toMatchObject({ Name, VersionId: token(2) });
  const described = await client.send(new DescribeSecretCommand({ SecretId: Name }));
  expect(described).toMatchObject({
    Description: 'new',
    VersionIdsToStages: { [token(1)]: ['AWSPREVIOUS'], [token(2)]: ['AWSCURRENT'] },
  });
});

test('ListSecrets filters by the start of the name, and never shows content', async () => {
  await create();
  await client.send(new CreateSecretCommand({ Name: 'other', SecretString: 'canary' }));
  const all = await client.send(new ListSecretsCommand({}));
  expect(all.SecretList?.map((secret) => secret.Name)).toEqual([Name, 'other']);
  expect(JSON.stringify(all)).not.toContain('canary');
  const some = await client.send(new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['token-vending/'] }] }));
  expect(some.SecretList).toMatchObject([{ Name, SecretVersionsToStages: { [token(1)]: ['AWSCURRENT'] } }]);
});

test('RotateSecret says that there is no rotation function', async () => {
  await create();
  const rotated = client.send(new RotateSecretCommand({ SecretId: Name }));
  await expect(rotated).rejects.toThrow(InvalidRequestException);
});

describe('DeleteSecret', () => {
  const remove = (options: object = {}) => client.send(new DeleteSecretCommand({ SecretId: Name, ...options }));

  test('hides a secret until it is restored', async () => {
    await create();
    const { DeletionDate } = await remove({ RecoveryWindowInDays: 7 });
    const days = ((DeletionDate?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(7);
    await expect(read()).rejects.toThrow(InvalidRequestException);
    await expect(create()).rejects.toThrow(InvalidRequestException);
    await expect(remove()).rejects.toThrow(InvalidRequestException);
    expect(await client.send(new ListSecretsCommand({}))).toMatchObject({ SecretList: [] });
    expect(await client.send(new ListSecretsCommand({ IncludePlannedDeletion: true }))).toMatchObject({
      SecretList: [{ Name }],
    });
    expect(await client.send(new DescribeSecretCommand({ SecretId: Name }))).toMatchObject({
      DeletedDate: expect.any(Date),
    });
    await client.send(new RestoreSecretCommand({ SecretId: Name }));
    expect(await read()).toBe('one');
  });

  test('when forced, leaves nothing, and can be repeated', async () => {
    await create();
    await remove({ ForceDeleteWithoutRecovery: true });
    await expect(read()).rejects.toThrow(ResourceNotFoundException);
    expect(await remove({ ForceDeleteWithoutRecovery: true })).toMatchObject({ Name });
    await expect(remove()).rejects.toThrow(ResourceNotFoundException);
    await create('two');
    expect(await read()).toBe('two');
  });

  test.each([
    { RecoveryWindowInDays: 6 },
    { RecoveryWindowInDays: 31 },
    { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
  ])('refuses %j', async (options) => {
    await create();
    await expect(remove(options)).rejects.toThrow(InvalidParameterException);
    expect(await read()).toBe('one');
  });
});

test('the stack’s callers are denied everything', async () => {
  await create();
  const credentials = { accessKeyId: 'ASIACALLER', secretAccessKey: 'any' };
  const caller = new SecretsManagerClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  for (const command of [
    new GetSecretValueCommand({ SecretId: Name }),
    new DescribeSecretCommand({ SecretId: Name }),
  ]) {
    await expect(caller.send(command as GetSecretValueCommand)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  }
  caller.destroy();
});
