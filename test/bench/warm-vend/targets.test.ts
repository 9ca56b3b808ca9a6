import { expect, test } from '@jest/globals';
import { type Round, summarizeAll, timesAsLong } from '../../../bench/warm-vend/figures.ts';
import { judge } from '../../../bench/warm-vend/targets.ts';
import { type VariantName, variantNames } from '../../../bench/warm-vend/variants.ts';

/** A round in which a call takes so many microseconds; 10 where nothing is said. */
function buildRound(costs: Partial<Record<VariantName, number>>): Round {
  const times = (cpuMicros: number) => ({ cpuMicros, p50Micros: 1, p99Micros: 1, logLinesPerCall: 0 });
  return Object.fromEntries(variantNames.map((name) => [name, times(costs[name] ?? 10)])) as Round;
}

test('a ratio is the median of the ratios within each round', () => {
  const rounds = [
    buildRound({ vend: 2, 'bare-middy': 1 }),
    // The machine is slow for a while: both take longer.
    buildRound({ vend: 30, 'bare-middy': 10 }),
    buildRound({ vend: 4, 'bare-middy': 1 }),
  ];
  expect(timesAsLong(rounds, 'vend', 'bare-middy')).toBe(3);
  expect(summarizeAll(rounds).vend).toMatchObject({ cpuMicros: 4 });
});

/** Whether each target is met. */
const judgeCosts = (costs: Partial<Record<VariantName, number>>, p99Micros = 50) =>
  judge([buildRound({ vend: 5, ...costs })], { cpuMicros: 5, p50Micros: 5, p99Micros, logLinesPerCall: 1 });

test('a vend has to stay within the first billed millisecond', () => {
  expect(judgeCosts({}, 999)[0]?.isMet).toBe(true);
  expect(judgeCosts({}, 1000)[0]?.isMet).toBe(false);
});

test('a vend is compared with the fastest peer that writes the same line', () => {
  expect(judgeCosts({ 'powertools-audit': 8, powertools: 1 })[1]).toMatchObject({
    sentence: expect.stringMatching(/^with the same log line, the fastest peer \(Powertools.*\) takes 1\.60 × /),
    isMet: true,
  });
  expect(judgeCosts({ 'naive-audit': 4 })[1]?.isMet).toBe(false);
});

test('a row that was not measured is not judged', () => {
  const { 'powertools-logger': _, ...others } = buildRound({ vend: 5, 'powertools-logger': 1 });
  const figures = { cpuMicros: 5, p50Micros: 5, p99Micros: 5, logLinesPerCall: 1 };
  expect(judge([others as Round], figures)[1]?.isMet).toBe(true);
});
