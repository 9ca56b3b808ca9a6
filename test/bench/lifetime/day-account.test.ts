import { describe, expect, test } from '@jest/globals';
import { DayAccount } from '../../../bench/lifetime/day-account.ts';
import { judgeLifetime, perLifetime, tableDollarsPerMonth } from '../../../bench/lifetime/report.ts';

const lifetimeMs = 3_600_000;

test('records the shortest life of a vended token and counts those that had expired', () => {
  const account = new DayAccount(lifetimeMs);
  expect(account.counts.shortestLifeMs).toBeUndefined();
  account.tokenIssued('a', 1_000);
  account.vendAnswered('a', 1_000);
  account.vendAnswered('a', lifetimeMs);
  expect(account.counts).toMatchObject({ vends: 2, failedVends: 0, expiredVends: 0, shortestLifeMs: 1_000 });
  account.vendAnswered('a', lifetimeMs + 1_000);
  account.vendAnswered('never issued', 0);
  account.vendAnswered(undefined, 0);
  expect(account.counts).toMatchObject({ vends: 5, failedVends: 1, expiredVends: 2, shortestLifeMs: 0 });
});

test('exchanges and reads are given per token lifetime, and per instance', () => {
  const account = new DayAccount(lifetimeMs);
  for (let exchange = 0; exchange < 12; exchange += 1) account.exchangeAsked();
  for (let read = 0; read < 4; read += 1) account.secretRead();
  const day = { requestsPerSecond: 1, instances: 4, daySeconds: 7_200, tokenLifetimeSeconds: 3_600 };
  expect(perLifetime({ ...day, contestant: 'vend', ...account.counts })).toMatchObject({
    exchangesPerLifetime: 6,
    exchangesPerLifetimeAndInstance: 1.5,
    secretReadsPerLifetime: 2,
    secretReadsPerLifetimeAndInstance: 0.5,
  });
});

describe('with a token store', () => {
  const day = {
    contestant: 'vend-shared' as const,
    requestsPerSecond: 1,
    instances: 4,
    daySeconds: 86_400,
    tokenLifetimeSeconds: 3_600,
  };

  test('the table costs what DynamoDB bills for reads and for each KiB written, and KMS once in 5 minutes', () => {
    const account = new DayAccount(lifetimeMs);
    account.tableAsked('DynamoDB_20120810.GetItem', 90);
    account.tableAsked('DynamoDB_20120810.PutItem', 1_025);
    account.tableAsked('DynamoDB_20120810.UpdateItem', 1_024);
    expect(account.counts).toMatchObject({ tableReads: 1, tableWrites: 2, tableWriteUnits: 3 });
    const counts = { ...account.counts, tableReads: 1e6, tableWriteUnits: 1e6 };
    expect(tableDollarsPerMonth({ ...day, ...counts })).toBeCloseTo(30 * (0.125 + 0.625) + 0.026, 3);
  });

  test.each([
    [24, true],
    [31, true],
    [32, false],
    [23, false],
  ])('%d exchanges in 24 lifetimes are as few as wanted: %s', (exchanges, isMet) => {
    const counts = { ...new DayAccount(lifetimeMs).counts, exchanges };
    const figures = [perLifetime({ ...day, ...counts })];
    expect(judgeLifetime({ figures }).map((target) => target.isMet)).toEqual([isMet]);
  });
});
