import { expect, test } from '@jest/globals';
import { type Round, summarize, timesAsLong } from '../../../bench/warm-vend/figures.ts';
import { judge } from '../../../bench/warm-vend/targets.ts';
import { type VariantName, variantNames } from '../../../bench/warm-vend/variants.ts';

/** A round in which a call takes so many microseconds; 1 where nothing is said. */
function buildRound(costs: Partial<Record<VariantName, number>>): Round {
  const times = (cpuMicros: number) => ({ cpuMicros, p50Micros: 1, p99Micros: 1, logLinesPerCall: 0 });
  return Object.fromEntries(variantNames.map((name) => [name, times(costs[name] ?? 1)])) as Round;
}

const peers = { powertools: 2, oauth4webapi: 2, naive: 3, 'prove-sdk': 5 };

test('compares within a round, and takes the median of what comes of it', () => {
  const rounds = [
    buildRound({ vend: 2, 'bare-middy': 1 }),
    // A slow machine for a while: both take longer.
    buildRound({ vend: 30, 'bare-middy': 10 }),
    buildRound({ vend: 4, 'bare-middy': 1 }),
  ];
  expect(timesAsLong(rounds, 'vend', 'bare-middy')).toBe(3);
  expect(summarize(rounds, 'vend')).toMatchObject({ cpuMicros: 4, callsPerSecond: 250_000, timesBareMiddy: 3 });
});

test('meets all targets where it is within all limits', () => {
  const targets = judge([buildRound({ ...peers, vend: 1, 'bare-middy': 1 })]);
  expect(targets.map(({ isMet }) => isMet)).toEqual([true, true, true]);
  expect(targets.map(({ sentence }) => sentence).join()).toMatch(/1\.00 × a bare .*hook\) takes 5\.00 × .* 2\.00 × a/);
});

test('misses each target on its own', () => {
  const isMet = (costs: Partial<Record<VariantName, number>>) =>
    judge([buildRound({ ...peers, ...costs })]).map((target) => target.isMet);
  expect(isMet({ 'bare-middy': 0.6 })).toEqual([false, true, true]);
  expect(isMet({ 'prove-sdk': 4.9 })).toEqual([true, false, true]);
  expect(isMet({ powertools: 0.9 })).toEqual([true, true, false]);
});

test('judges the service as it is deployed, not without its log line', () => {
  const [middy] = judge([buildRound({ vend: 2, 'vend-at-warn': 1 })]);
  expect(middy?.isMet).toBe(false);
});
