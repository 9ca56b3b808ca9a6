import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, test } from '@jest/globals';
import { accountId, region, rootKey } from './support/account.ts';
import { runCdk } from './support/cdk.ts';
import { type MiniStack, startMiniStack } from './support/ministack.ts';
import { preparePythonEnvironment } from './support/python-environment.ts';

// A protected environment whose secrets, keys and logs outlive it: what is left behind when a deployment fails, and whether the
// next one finds its names taken.

const root = join(import.meta.dirname, '../..');
const directory = join(root, '.build/e2e');
const stackName = 'TokenVending-retained';
const appOptions = ['--app', 'node test/e2e/retained-app.ts', '--output', join(directory, 'cdk-retained.out')];
const secretIdOf = (provider: string): string => `token-vending/retained/${provider}`;

let miniStack: MiniStack;
let secretsManager: SecretsManagerClient;
let cloudFormation: CloudFormationClient;
let logs: CloudWatchLogsClient;

afterAll(async () => {
  for (const client of [secretsManager, cloudFormation, logs]) client?.destroy();
  await miniStack?.stop();
});

interface Settings {
  readonly PROVIDERS: string;
  readonly FAIL?: string;
  readonly EXISTING_SECRET?: string;
  readonly EXISTING_KEY?: string;
}

function deploy(settings: Settings): Promise<string> {
  const environment = { ...miniStack.environment, ...settings };
  return runCdk(['deploy', stackName, ...appOptions, '--require-approval', 'never'], environment);
}

async function describeStack(): Promise<Stack> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
  return Stacks[0] as Stack;
}

async function secretNames(): Promise<(string | undefined)[]> {
  const { SecretList = [] } = await secretsManager.send(new ListSecretsCommand({}));
  return SecretList.map(({ Name }) => Name).sort();
}

async function logGroupNames(): Promise<(string | undefined)[]> {
  const prefix = { logGroupNamePrefix: '/token-vending/retained/' };
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand(prefix));
  return logGroups.map(({ logGroupName }) => logGroupName);
}

async function contentOf(provider: string): Promise<string | undefined> {
  const command = new GetSecretValueCommand({ SecretId: secretIdOf(provider) });
  return (await secretsManager.send(command)).SecretString;
}

const filled = '{"client_id":"the-client","client_secret":"the-secret"}';
const fill = (provider: string) =>
  secretsManager.send(new PutSecretValueCommand({ SecretId: secretIdOf(provider), SecretString: filled }));

let hasFailed = false;

/** A test that needs the previous ones: after a failure the rest fails at once. */
function step(title: string, run: () => Promise<void>): void {
  const runStep = async (): Promise<void> => {
    if (hasFailed) throw new Error('A step before this one failed.');
    hasFailed = true;
    await run();
    hasFailed = false;
  };
  test(title, runStep, 300_000);
}

describe('a retained environment', () => {
  step('has an emulator to deploy to', async () => {
    await mkdir(directory, { recursive: true });
    const bin = await preparePythonEnvironment(join(directory, 'venv'));
    await rm(join(directory, 'ministack-retained'), { recursive: true, force: true });
    miniStack = await startMiniStack(bin, join(directory, 'ministack-retained'));
    const client = { endpoint: miniStack.url, region, credentials: rootKey };
    secretsManager = new SecretsManagerClient(client);
    cloudFormation = new CloudFormationClient(client);
    logs = new CloudWatchLogsClient(client);
    await runCdk(['bootstrap', `aws://${accountId}/${region}`, ...appOptions], miniStack.environment);
  });

  step('leaves no name taken when its first deployment fails', async () => {
    await expect(deploy({ PROVIDERS: 'prove', FAIL: 'yes' })).rejects.toThrow('Fails');
    expect((await describeStack()).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect([await secretNames(), await logGroupNames()]).toEqual([[], []]);
  });

  step('is deployed by the retry, once its protection is off, and is protected then', async () => {
    await expect(deploy({ PROVIDERS: 'prove' })).rejects.toThrow(/[Tt]ermination ?[Pp]rotection/);
    const off = { StackName: stackName, EnableTerminationProtection: false };
    await cloudFormation.send(new UpdateTerminationProtectionCommand(off));
    await deploy({ PROVIDERS: 'prove' });
    expect(await describeStack()).toMatchObject({ StackStatus: 'CREATE_COMPLETE', EnableTerminationProtection: true });
    await fill('prove');
  });

  step('takes back a provider whose deployment is rolled back, as by a canary, and keeps what was there', async () => {
    await expect(deploy({ PROVIDERS: 'prove,other', FAIL: 'yes' })).rejects.toThrow('Fails');
    expect((await describeStack()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await secretNames()).toEqual([secretIdOf('prove')]);
    expect(await contentOf('prove')).toBe(filled);
  });

  step('adds the provider at the next try', async () => {
    await deploy({ PROVIDERS: 'prove,other' });
    expect(await secretNames()).toEqual([secretIdOf('other'), secretIdOf('prove')]);
    await fill('other');
  });

  step('keeps the secret of a provider that is removed', async () => {
    await deploy({ PROVIDERS: 'prove' });
    expect(await contentOf('other')).toBe(filled);
  });

  // AWS refuses to create a secret whose name is taken. MiniStack takes it over, so that cannot be seen here.
  step('adds the provider again with the kept secret, as an existing one', async () => {
    const { ARN = '', KmsKeyId = '' } = await secretsManager.send(
      new DescribeSecretCommand({ SecretId: secretIdOf('other') }),
    );
    await deploy({ PROVIDERS: 'prove,other', EXISTING_SECRET: ARN, EXISTING_KEY: KmsKeyId });
    const { Outputs = [] } = await describeStack();
    const outputs = Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]));
    expect(outputs).toMatchObject({ SecretArnOther: ARN, VendingRoleArn: expect.stringContaining(':role/') });
    expect(await contentOf('other')).toBe(filled);
  });
});
