import { expect, test } from '@jest/globals';
import { type Clocks, installClock, JumpingClock } from '../../../bench/lifetime/jumping-clock.ts';

const startMs = Date.UTC(2026, 0, 1);

function install() {
  const clock = new JumpingClock(startMs);
  const clocks: Clocks = { Date, performance: { now: () => Number.NaN } };
  installClock(clock, clocks);
  return { clock, clocks };
}

test('all clocks stand still until time is set, and agree', () => {
  const { clock, clocks } = install();
  expect([clocks.Date.now(), clocks.performance.now()]).toEqual([startMs, 0]);
  clock.nowMs = startMs + 1_500.7;
  expect(clocks.Date.now()).toBe(startMs + 1_500);
  expect(clocks.performance.now()).toBeCloseTo(1_500.7);
  expect(new clocks.Date().toISOString()).toBe('2026-01-01T00:00:01.500Z');
});

test('a given date stays as it is', () => {
  const { clocks } = install();
  expect(new clocks.Date('2020-02-02T00:00:00Z').toISOString()).toBe('2020-02-02T00:00:00.000Z');
  expect(new clocks.Date(2020, 1, 2, 3)).toEqual(new Date(2020, 1, 2, 3));
  expect(clocks.Date.parse('1970-01-01T00:00:01Z')).toBe(1_000);
});
