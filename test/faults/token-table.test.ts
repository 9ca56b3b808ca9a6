import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../functions/shared/exchange/access-token.ts';
import { createHttpClient } from '../../functions/shared/runtime/http-client.ts';
import { createDynamoDbClient } from '../../functions/vend/tokens/token-store/dynamodb-client.ts';
import { type FaultyTable, startFaultyTable } from '../support/faulty-table.ts';
import { answerToken } from '../support/scripted-provider.ts';
import { type FleetInstance, startVendingFleet, type VendingFleet } from '../support/vending-fleet.ts';
import type { Answer } from '../support/vending-function.ts';
import { provider, useProvider } from '../support/vending-setup.ts';
import { tableFaults } from './table-faults.ts';

// Every fault of the token table in every state of an instance, through a proxy in front of a real server and the real SDK. No
// vend may fail that would not fail without a table. Tokens live 3600 s and are due after 3240 at the latest.

// As deployed, but such that a busy machine is not taken for a slow table.
const limits = { requestMs: 1_000, firstRequestMs: 1_000, vendMs: 1_000 };

let fleet: VendingFleet;
let table: FaultyTable;
let client: ReturnType<typeof createDynamoDbClient>;

const addInstance = (skewMs = 0): FleetInstance => fleet.addInstance(limits, skewMs, client);
const told = ({ status, headers, body }: Answer) => [status, headers['x-token-source'], body.access_token];
const failures = ({ logLines }: FleetInstance) =>
  logLines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'token-store-failed');

useProvider();
beforeEach(async () => {
  fleet = await startVendingFleet(provider.tokenUrl);
  table = await startFaultyTable(fleet.tableUrl);
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = table.url;
  client = createDynamoDbClient(createHttpClient().send);
  delete process.env['AWS_ENDPOINT_URL_DYNAMODB'];
});
afterEach(async () => {
  client.destroy();
  await Promise.all([table.close(), fleet.close()]);
});

describe.each(tableFaults)('the token table: $name', ({ script, errorName }) => {
  test('without a token: the instance obtains its own, and leaves the table alone for 10 s', async () => {
    const instance = addInstance();
    table.failWith(script);
    expect(told(await instance.vend())).toEqual([200, 'exchange', 'token-1']);
    const asked = table.requests();
    const report = await instance.vend(`rejected_token_sha256=${fingerprintOf('token-1')}`);
    expect(told(report)).toEqual([200, 'exchange', 'token-2']);
    expect(table.requests()).toBe(asked);
    expect(failures(instance)).toMatchObject([{ level: 'warn', errorName, TokenStoreFailed: 1 }]);
    expect(instance.logLines.join()).not.toContain('canary');
    table.failWith(undefined);
    fleet.clock.advanceSeconds(10);
    await instance.vend(`rejected_token_sha256=${fingerprintOf('token-2')}`);
    expect(told(await addInstance().vend())).toEqual([200, 'shared', 'token-3']);
  });

  test('with a fresh token: nobody notices', async () => {
    const instance = addInstance();
    await instance.vend();
    const asked = table.requests();
    table.failWith(script);
    fleet.clock.advanceSeconds(60);
    expect(told(await instance.vend())).toEqual([200, 'memory', 'token-1']);
    expect(table.requests()).toBe(asked);
  });

  test('with a token in its refresh window: the instance refreshes it itself', async () => {
    const instance = addInstance();
    await instance.vend();
    table.failWith(script);
    fleet.clock.advanceSeconds(3_300);
    expect(told(await instance.vend())).toEqual([200, 'refresh', 'token-2']);
    expect(failures(instance)).toMatchObject([{ errorName }]);
    expect(provider.requests).toHaveLength(2);
  });

  test('while another instance exchanges: the one that waits obtains its own', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    provider.answerWith(async (response, request, count) => {
      asked.resolve();
      if (count === 1) await answer.promise;
      await answerToken()(response, request, count);
    });
    const holding = fleet.addInstance().vend();
    await asked.promise;
    const seen = table.requests();
    const waiting = addInstance().vend();
    while (table.requests() < seen + 3) await new Promise((resolve) => setImmediate(resolve));
    table.failWith(script);
    expect(told(await waiting)).toEqual([200, 'exchange', 'token-2']);
    answer.resolve();
    expect((await holding).status).toBe(200);
  });
});

describe('a token table that answers, but not what it should', () => {
  test('does not see yet what was written: one exchange more, and the newer token stays', async () => {
    await fleet.addInstance().vend();
    table.failWith((response, forward, operation) => (operation === 'GetItem' ? void response.end('{}') : forward()));
    expect(told(await addInstance().vend())).toEqual([200, 'exchange', 'token-2']);
    table.failWith(undefined);
    expect(told(await addInstance().vend())).toEqual([200, 'shared', 'token-2']);
  });

  test('deletes nothing for days: an expired entry is not answered', async () => {
    await addInstance().vend();
    fleet.clock.advanceSeconds(3 * 86_400);
    expect(told(await addInstance().vend())).toEqual([200, 'exchange', 'token-2']);
  });

  test('has an old entry back: never for who reported that token', async () => {
    await addInstance().vend();
    const old = (await fleet.scan()).find((item) => item['sealed'] !== undefined) ?? {};
    const report = `rejected_token_sha256=${fingerprintOf('token-1')}`;
    expect((await addInstance().vend(report)).body.access_token).toBe('token-2');
    await fleet.put(old);
    fleet.clock.advanceSeconds(10);
    expect((await addInstance().vend(report)).body.access_token).toBe('token-3');
    expect(told(await addInstance().vend())).toEqual([200, 'shared', 'token-3']);
  });

  test('has an entry of a version of the secret that nobody knows: it is not answered', async () => {
    await addInstance().vend();
    const entry = (await fleet.scan()).find((item) => item['sealed'] !== undefined) ?? {};
    await fleet.set(entry['pk']?.S ?? '', 'secretVersionId', { S: 'another' });
    expect(told(await addInstance().vend())).toEqual([200, 'exchange', 'token-2']);
  });

  test.each([2_000, -2_000])('is used by instances whose clocks differ by %i ms: one exchange', async (skewMs) => {
    await addInstance().vend();
    expect(told(await addInstance(skewMs).vend())).toEqual([200, 'shared', 'token-1']);
    fleet.clock.advanceSeconds(3_589);
    const late = await addInstance(skewMs).vend();
    expect(late.status).toBe(200);
    expect(late.body.expires_in).toBeGreaterThan(0);
  });
});

test('a token is not answered where its entry was put in the place of another scope’s', async () => {
  await fleet.close();
  fleet = await startVendingFleet(provider.tokenUrl, { scopes: { default: [], allowed: ['a', 'b'] } });
  expect((await fleet.addInstance().vend('scope=a')).body.access_token).toBe('token-1');
  const before = (await fleet.scan()).find((item) => item['sealed'] !== undefined) ?? {};
  expect((await fleet.addInstance().vend('scope=b')).body.access_token).toBe('token-2');
  const other = (await fleet.scan()).find((item) => item['sealed'] !== undefined && item['pk']?.S !== before['pk']?.S);
  await fleet.put({ ...other, pk: before['pk'] ?? { S: '' } });
  expect((await fleet.addInstance().vend('scope=a')).body.access_token).toBe('token-3');
});
