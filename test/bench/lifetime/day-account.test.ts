import { expect, test } from '@jest/globals';
import { DayAccount } from '../../../bench/lifetime/day-account.ts';
import { perLifetime } from '../../../bench/lifetime/report.ts';

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
