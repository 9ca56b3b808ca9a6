import { DescribeSecretCommand, PutSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startProveServer } from '../../local/providers/prove-server.ts';
import type { LocalProviders } from '../../local/providers/providers.ts';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';

// A replica has the primary's versions and labels. Two stacks over one Secrets Manager are two regions whose replication takes no
// time.

const SecretId = 'token-vending/local/prove';
const first = { clientId: 'client', clientSecret: 'the-first-secret' };
const second = { clientId: 'client', clientSecret: 'the-second-secret' };
const versionId = '00000000-0000-4000-8000-000000000002';
const contentOf = ({ clientId, clientSecret }: typeof first) =>
  JSON.stringify({ client_id: clientId, client_secret: clientSecret });

let providers: LocalProviders;
let primary: RunningStack;
let replica: RunningStack;

beforeEach(async () => {
  // A token with less than 10 s left is not kept: every vend is an exchange, which a wrong secret would fail.
  const proveServer = await startProveServer({ ...first, tokenLifetimeSeconds: 5, requestsPerSecond: 10_000 });
  const settings = { tokenUrl: proveServer.tokenUrl, dialect: 'prove', secretId: SecretId } as const;
  const secret = JSON.parse(contentOf(first)) as object;
  providers = { byName: { prove: { settings, secret } }, proveServer, close: () => proveServer.close() };
  primary = await startRunningStack(1, async () => providers);
  // The other region fills no secret and closes no provider.
  const others = { byName: { prove: { settings, secret: undefined } }, close: async () => {} };
  replica = await startRunningStack(1, async () => others, { secretsManagerUrl: primary.secretsManagerUrl });
});
afterEach(async () => {
  await replica.close();
  await primary.close();
});

/** Vends in both regions, one vend after the other in each, until `during` has ended. */
async function vendMeanwhile(during: () => Promise<void>): Promise<string[]> {
  let isOver = false;
  const sources: string[] = [];
  const caller = async (stack: RunningStack): Promise<void> => {
    while (!isOver) {
      const response = await stack.vend('prove');
      sources.push(`${response.status} ${response.headers.get('x-token-source')}`);
    }
  };
  const callers = [caller(primary), caller(replica)];
  await during();
  isOver = true;
  await Promise.all(callers);
  return sources;
}

/** The version of the secret behind the token that a vend gives now. */
async function versionIn(stack: RunningStack): Promise<unknown> {
  const response = await stack.vend('prove');
  expect(response.status).toBe(200);
  return (await stack.logOf(response))['secretVersion'];
}

test('a hard cutover costs no vend in either region, and only the primary rotates', async () => {
  const before = await versionIn(primary);
  expect([await versionIn(replica), before]).toEqual([before, expect.any(String)]);
  const answers = await vendMeanwhile(async () => {
    const staged = { SecretId, SecretString: contentOf(second), ClientRequestToken: versionId };
    await primary.secretsManager.send(new PutSecretValueCommand({ ...staged, VersionStages: ['AWSPENDING'] }));
    providers.proveServer?.setCredentials(second);
    // AWSCURRENT is still the old version, and the provider refuses it: both regions must go on with AWSPENDING.
    expect([await versionIn(primary), await versionIn(replica)]).toEqual([versionId, versionId]);
    await primary.secretsManager.send(new RotateSecretCommand({ SecretId, ClientRequestToken: versionId }));
    await primary.untilRotationLines(4);
    expect([await versionIn(primary), await versionIn(replica)]).toEqual([versionId, versionId]);
  });
  expect(answers.filter((answer) => answer !== '200 exchange')).toEqual([]);
  expect(answers.length).toBeGreaterThan(10);
  expect(replica.rotationLines).toEqual([]);
  const { VersionIdsToStages } = await replica.secretsManager.send(new DescribeSecretCommand({ SecretId }));
  expect(VersionIdsToStages?.[versionId]).toContain('AWSCURRENT');
});
