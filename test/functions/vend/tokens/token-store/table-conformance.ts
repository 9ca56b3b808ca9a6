import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StoredEntry } from '../../../../../functions/vend/tokens/token-store/table-items.ts';
import { type Claim, type Grant, TokenTable } from '../../../../../functions/vend/tokens/token-store/token-table.ts';
import { createTokenTable } from '../../../../../local/token-table/create-token-table.ts';

export interface TableUnderTest {
  readonly url: string;
  close(): Promise<void>;
}

const nowMs = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

/** What the fleet relies on, whatever it is that speaks DynamoDB. */
export function describeTokenTable(name: string, start: () => Promise<TableUnderTest>): void {
  let server: TableUnderTest | undefined;
  let client: DynamoDBClient | undefined;
  let table: TokenTable;
  let key: string;
  let entryKey: string;
  let keys = 0;

  beforeAll(async () => {
    server = await start();
    // The SDK's own connections, 50 at most: 500 at once are more than some of the servers take.
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'any' };
    client = new DynamoDBClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
    await createTokenTable(client, 'tokens');
    table = new TokenTable(client, 'tokens');
    // Some of the servers are installed first.
  }, 300_000);
  afterAll(async () => {
    client?.destroy();
    await server?.close();
  });
  beforeEach(() => {
    keys += 1;
    key = `lease#prove#${keys}`;
    entryKey = `entry#prove#${keys}`;
  });

  const claim = (owner: string, more: Partial<Claim> = {}): Claim => ({
    owner,
    nowMs,
    currentVersionId: 'v1',
    entryFence: 0,
    isReport: false,
    isForLife: false,
    ...more,
  });
  const entry = (fence: number, more: Partial<StoredEntry> = {}): StoredEntry => ({
    key: entryKey,
    secretVersionId: 'v1',
    currentVersionId: 'v1',
    fingerprint: 'f',
    sentAtMs: nowMs,
    expiresAtMs: nowMs + hourMs,
    fence,
    sealed: new Uint8Array([1, 2, 3]),
    ...more,
  });
  async function take(owner: string, more: Partial<Claim> = {}): Promise<Grant> {
    const grant = await table.acquire(key, claim(owner, more));
    if (grant === undefined) throw new Error(`${owner} does not get the lease`);
    return grant;
  }

  describe(`the token table on ${name}`, () => {
    test('holds nothing at first', async () => {
      expect(await table.readEntry(entryKey)).toBeUndefined();
      expect(await table.readLease(key)).toBeUndefined();
      expect(await table.readPause(key, nowMs)).toBeUndefined();
    });

    test('gives back an entry as it was written', async () => {
      expect(await table.writeEntry(entry(1))).toBe(true);
      expect(await table.readEntry(entryKey)).toEqual(entry(1));
    });

    test('overwrites an entry only under a newer fence', async () => {
      await table.writeEntry(entry(5));
      expect(await table.writeEntry(entry(4, { fingerprint: 'older' }))).toBe(false);
      expect(await table.writeEntry(entry(5, { fingerprint: 'same' }))).toBe(false);
      expect(await table.readEntry(entryKey)).toEqual(entry(5));
      expect(await table.writeEntry(entry(6, { fingerprint: 'newer' }))).toBe(true);
      expect((await table.readEntry(entryKey))?.fingerprint).toBe('newer');
    });

    test('still gives back an entry that expired days ago: its deletion lags', async () => {
      const expired = entry(1, { expiresAtMs: nowMs - 48 * hourMs });
      await table.writeEntry(expired);
      expect(await table.readEntry(entryKey)).toEqual(expired);
    });

    test('gives the lease to one of 500', async () => {
      const racers = Array.from({ length: 500 }, (_, index) => table.acquire(key, claim(`racer-${index}`)));
      const winners = (await Promise.all(racers)).filter((grant) => grant !== undefined);
      expect(winners).toHaveLength(1);
      expect(await table.readLease(key)).toMatchObject({ owner: winners[0]?.owner, fence: 1 });
    });

    test('gives a lease that was given back to the next, under a newer fence', async () => {
      const first = await take('first');
      expect(await table.acquire(key, claim('second'))).toBeUndefined();
      expect(await table.release(key, first, { failure: undefined, failures: 0 })).toBe(true);
      expect((await take('second')).fence).toBe(first.fence + 1);
    });

    test('begins above the fence of an entry whose lease is gone', async () => {
      await table.writeEntry(entry(41));
      const { fence } = await take('first', { entryFence: 41 });
      expect(await table.writeEntry(entry(fence))).toBe(true);
    });

    test('gives an abandoned lease to one, and only when it ended more than 2 s ago', async () => {
      const dead = await take('dead');
      expect(await table.acquire(key, claim('early', { nowMs: nowMs + 7_000 }))).toBeUndefined();
      const late = Array.from({ length: 20 }, (_, index) =>
        table.acquire(key, claim(`late-${index}`, { nowMs: nowMs + 7_001 })),
      );
      expect((await Promise.all(late)).filter((grant) => grant !== undefined)).toHaveLength(1);
      expect(await table.release(key, dead, { failure: undefined, failures: 0 })).toBe(false);
    });

    test('gives a lease whose fence has been watched to one of those who watched it', async () => {
      // Its owner's clock is a year ahead.
      const bogus = await take('bogus', { nowMs: nowMs + 365 * 24 * hourMs });
      const watchers = Array.from({ length: 20 }, (_, index) =>
        table.acquire(key, claim(`watcher-${index}`, { takenFromFence: bogus.fence })),
      );
      expect((await Promise.all(watchers)).filter((grant) => grant !== undefined)).toHaveLength(1);
      expect(await table.release(key, bogus, { failure: undefined, failures: 0 })).toBe(false);
      const { owner } = (await table.readLease(key)) ?? {};
      expect(owner).toMatch(/^watcher-/);
    });

    test('lets nobody take the lease while a failure lasts, except with another version of the secret', async () => {
      const untilMs = nowMs + 30_000;
      const failure = {
        reason: 'credentials_refused',
        currentVersionId: 'v1',
        untilMs,
        isAskedFor: false,
      } as const;
      await table.release(key, await take('first'), { failure, failures: 1 });
      expect(await table.readLease(key)).toMatchObject({ owner: undefined, failure, failures: 1 });
      expect(await table.acquire(key, claim('second'))).toBeUndefined();
      const other = await take('other', { currentVersionId: 'v2' });
      await table.release(key, other, { failure, failures: 2 });
      const next = await take('next', { nowMs: untilMs });
      expect(next.before).toMatchObject({ failures: 2 });
      await table.release(key, next, { failure: undefined, failures: 0 });
      expect(await table.readLease(key)).toMatchObject({ failure: undefined, failures: 0 });
    });

    test('does not believe a failure that lasts for hours', async () => {
      const failure = { reason: 'provider_timeout', currentVersionId: 'v1', untilMs: nowMs + hourMs } as const;
      await table.release(key, await take('first'), { failure: { ...failure, isAskedFor: false }, failures: 1 });
      expect(await table.acquire(key, claim('second'))).toBeDefined();
    });

    test('keeps reports and min_ttl from the lease for as long as they were said to wait, and nothing else', async () => {
      const outcome = {
        failure: undefined,
        failures: 0,
        reportNotBeforeMs: nowMs + 10_000,
        minTtlNotBeforeMs: nowMs + 30_000,
      };
      await table.release(key, await take('first'), outcome);
      expect(await table.acquire(key, claim('report', { isReport: true }))).toBeUndefined();
      expect(await table.acquire(key, claim('life', { isForLife: true }))).toBeUndefined();
      const report = await take('report', { isReport: true, nowMs: nowMs + 10_000 });
      await table.release(key, report, { failure: undefined, failures: 0 });
      expect(await table.acquire(key, claim('life', { isForLife: true, nowMs: nowMs + 10_000 }))).toBeUndefined();
      expect(await table.acquire(key, claim('other'))).toBeDefined();
    });

    test('keeps everyone from the lease of tokens that cannot be shared', async () => {
      const outcome = { failure: undefined, failures: 0, unsharedUntilMs: nowMs + 300_000 };
      await table.release(key, await take('first'), outcome);
      expect(await table.acquire(key, claim('second'))).toBeUndefined();
      expect(await table.readLease(key)).toMatchObject({ unsharedUntilMs: nowMs + 300_000 });
    });

    test('keeps the longest pause, until it is over', async () => {
      await table.writePause(key, nowMs + 20_000, nowMs);
      await table.writePause(key, nowMs + 5_000, nowMs);
      expect(await table.readPause(key, nowMs)).toBe(nowMs + 20_000);
      expect(await table.readPause(key, nowMs + 20_000)).toBeUndefined();
      await table.writePause(key, nowMs + 24 * hourMs, nowMs);
      expect(await table.readPause(key, nowMs)).toBeUndefined();
      await table.writePause(key, nowMs + 1_000, nowMs);
      expect(await table.readPause(key, nowMs)).toBe(nowMs + 1_000);
    });
  });
}
