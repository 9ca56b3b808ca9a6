import { expect, test } from '@jest/globals';
import { ProviderAccount } from '../../../bench/storm/provider-account.ts';

test('counts an exchange that an instance sends before the end of its own Retry-After', () => {
  const account = new ProviderAccount();
  account.exchangeAsked('1', 0);
  account.exchangeAnswered('1', 429, 1, 50);
  account.exchangeAsked('1', 1_049);
  account.exchangeAnswered('1', 429, 1, 1_100);
  account.exchangeAsked('2', 1_200);
  account.exchangeAnswered('2', 200, undefined, 1_250);
  account.exchangeAsked('1', 2_100);
  expect(account).toMatchObject({ exchanges: 4, answered429: 2, insideOwnRetryAfter: 1 });
  expect([...account.firstAskedAtMs]).toEqual([
    ['1', 0],
    ['2', 1_200],
  ]);
});

test('counts the most exchanges in any time of a length', () => {
  const account = new ProviderAccount();
  for (const atMs of [0, 20_000, 31_000, 49_000, 50_000]) account.exchangeAsked('1', atMs);
  expect(account.mostWithinMs(30_000)).toBe(3);
  expect(account.mostWithinMs(1_000)).toBe(1);
});
