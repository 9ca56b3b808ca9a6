import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test } from '@jest/globals';
import { startBuiltInProviders } from '../../local/providers/built-in-providers.ts';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';

let stack: RunningStack;

afterEach(() => stack.close());

interface Vended {
  readonly source: string | null;
  readonly token: string;
}

/** As many vends at once as there may be instances, so that each instance serves one. */
async function vendFromAll(instances: number, form = ''): Promise<readonly Vended[]> {
  const responses = await Promise.all(Array.from({ length: instances }, () => stack.vend('prove', form)));
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
  return Promise.all(
    responses.map(async (response) => ({
      source: response.headers.get('x-token-source'),
      token: ((await response.json()) as { access_token: string }).access_token,
    })),
  );
}

const start = (instances: number) => startRunningStack(instances, startBuiltInProviders, { tokenStore: 'dynamodb' });

/**
 * Vends from new instances. On a machine that is busy with other tests the table may not answer within the 400 ms that an instance
 * gives it; its log says so, and then all starts again.
 */
async function vendFromNew(instances: number): Promise<readonly Vended[]> {
  for (let tries = 1; ; tries += 1) {
    stack = await start(instances);
    const vended = await vendFromAll(instances);
    const hasFailed = stack.functionLines.some((line) => line.includes('"token-store-failed"'));
    if (!hasFailed || tries === 5) return vended;
    await stack.close();
  }
}

test.each([2, 4])(
  '%d new instances make one exchange and hold the same token',
  async (instances) => {
    const vended = await vendFromNew(instances);
    expect(vended.map(({ source }) => source).sort()).toEqual(['exchange', ...Array(instances - 1).fill('shared')]);
    expect(new Set(vended.map(({ token }) => token)).size).toBe(1);
    expect(stack.providers.proveServer?.issued).toBe(1);
    expect((await vendFromAll(instances)).map(({ source }) => source)).toEqual(Array(instances).fill('memory'));
    expect(stack.providers.proveServer?.issued).toBe(1);
  },
  120_000,
);

test('an AWS client reads the table, in which no token and no client id is', async () => {
  const [{ token = '' } = {}] = await vendFromNew(1);
  const { endpoint = '', table: TableName } = stack.tokenStore ?? {};
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new DynamoDBClient({ endpoint, region: stack.region, credentials });
  const { Items: items = [] } = await client.send(new ScanCommand({ TableName }));
  client.destroy();
  expect(items.map((item) => item['pk']?.S?.split('#').slice(0, 2).join('#')).sort()).toEqual([
    'entry#prove',
    'lease#prove',
  ]);
  const texts = items.map((item) => `${JSON.stringify(item)} ${Buffer.from(item['sealed']?.B ?? [])}`).join();
  for (const secret of [token, 'local-prove-client']) expect(texts).not.toContain(secret);
}, 120_000);
