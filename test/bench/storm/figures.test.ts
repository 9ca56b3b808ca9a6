import { describe, expect, test } from '@jest/globals';
import { percent } from '../../../bench/markdown.ts';
import type { CallerOutcome } from '../../../bench/storm/caller.ts';
import { summarize } from '../../../bench/storm/figures.ts';
import { deal } from '../../../bench/storm/instances.ts';
import { ProviderAccount } from '../../../bench/storm/provider-account.ts';
import { judgeStorm, type StormResults } from '../../../bench/storm/report.ts';

const served = (servedAfterMs: number, ...refusals: number[]): CallerOutcome => ({
  refusals,
  wasEnded: false,
  servedAfterMs,
});
const gaveUp: CallerOutcome = { refusals: [503, 503], wasEnded: false, servedAfterMs: undefined };
const ended: CallerOutcome = { refusals: [], wasEnded: true, servedAfterMs: undefined };

describe('the figures of a storm', () => {
  test('tell who is served by the first answer, who later, and who never', () => {
    const outcomes = [served(3_000, 503, 502), served(200), gaveUp, ended];
    expect(summarize(outcomes, new ProviderAccount(), 0)).toMatchObject({
      instances: 4,
      servedAtOnceShare: 0.25,
      servedShare: 0.5,
      allServedAfterMs: undefined,
      medianWaitMs: 16_500,
      longestWaitMs: 30_000,
      refusals: { 502: 1, 503: 3 },
      endedInstances: 1,
      servedAfterMs: [200, 3_000],
    });
  });

  test('tell when the last caller is served, if all are', () => {
    const { allServedAfterMs } = summarize([served(200), served(900, 503)], new ProviderAccount(), 0);
    expect(allServedAfterMs).toBe(900);
  });

  test('leave out exchanges made while the instances load', () => {
    const account = new ProviderAccount();
    account.exchangeAsked('1', 0);
    account.exchangeAsked('2', 70);
    account.exchangeAsked('2', 1_070);
    expect(summarize([served(1)], account, 1)).toMatchObject({
      exchanges: 2,
      exchangesWhileLoading: 1,
      firstExchangesWithinMs: 70,
    });
  });
});

describe('the targets', () => {
  const storm = (instances: number, outcomes: readonly CallerOutcome[]) => ({
    contestant: 'vend' as const,
    ...summarize(outcomes, new ProviderAccount(), 0),
    instances,
  });
  const isMet = (...storms: StormResults['figures']['storms']) =>
    judgeStorm({ figures: { storms } }).map((target) => target.isMet);

  test('want every caller of this service served by the first answer', () => {
    expect(isMet(storm(200, [served(1)]))).toEqual([true, true]);
    expect(isMet(storm(200, [served(1), served(900, 503)]))).toEqual([false, true]);
    expect(isMet(storm(200, [served(1)]), storm(500, [gaveUp]))).toEqual([true, false, true]);
  });

  test('want a token store to spare the provider requests and callers a wait', () => {
    const account = new ProviderAccount();
    const store = (more: object) => ({
      ...storm(500, [served(1_900)]),
      contestant: 'vend-shared' as const,
      exchanges: 3,
      mostExchangesIn30s: 2,
      ...more,
    });
    expect(account.mostWithinMs(30_000)).toBe(0);
    expect(isMet(store({}))).toEqual([true, true, true, true]);
    expect(isMet(store({ exchanges: 4, longestWaitMs: 2_100 }))).toEqual([true, true, false, false]);
    expect(isMet(store({ condition: 'takes 2 s', servedAtOnceShare: 0.9 }))).toEqual([true, true, false]);
    expect(isMet(store({ condition: 'knows another secret', mostExchangesIn30s: 3 }))).toEqual([true, false]);
  });

  test('want no exchange of this service within a Retry-After', () => {
    const hasty = { ...storm(5, [served(1)]), exchangesInsideOwnRetryAfter: 1 };
    expect(isMet(hasty, storm(50, [served(1)]))).toEqual([true, true, false]);
    expect(isMet({ ...hasty, contestant: 'naive' })).toEqual([true]);
  });
});

test('instances are spread evenly, over no more processes than there are instances', () => {
  expect(deal([1, 2, 3, 4, 5], 2)).toEqual([
    [1, 3, 5],
    [2, 4],
  ]);
  expect(deal([1, 2], 4)).toEqual([[1], [2]]);
});

test('only a full share is 100 %', () => {
  expect([percent(1), percent(0.9999), percent(0.125)]).toEqual(['100.0 %', '99.9 %', '12.5 %']);
});
