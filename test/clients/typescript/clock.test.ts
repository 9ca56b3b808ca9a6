import { expect, test } from '@jest/globals';
import { createAgeClock } from '../../../clients/typescript/src/clock.ts';

function createClocks() {
  const at = { wallMs: Date.UTC(2026, 0, 1), monotonicMs: 5_000 };
  const age = createAgeClock(
    () => at.wallMs,
    () => at.monotonicMs,
  );
  const startMs = age();
  return { at, elapsed: () => age() - startMs };
}

test('ages go on with the monotonic clock', () => {
  const { at, elapsed } = createClocks();
  at.wallMs += 60_000;
  at.monotonicMs += 60_000;
  expect(elapsed()).toBe(60_000);
});

test('what was frozen is older by what the wall clock says', () => {
  const { at, elapsed } = createClocks();
  at.wallMs += 3_600_000;
  expect(elapsed()).toBe(3_600_000);
  expect(elapsed()).toBe(3_600_000);
  at.wallMs += 1_000;
  at.monotonicMs += 1_000;
  expect(elapsed()).toBe(3_601_000);
});

test('a wall clock that is set back makes nothing younger, and is believed when it is frozen afterwards', () => {
  const { at, elapsed } = createClocks();
  at.wallMs -= 3_600_000;
  at.monotonicMs += 1_000;
  expect(elapsed()).toBe(1_000);
  at.wallMs += 600_000;
  expect(elapsed()).toBeGreaterThanOrEqual(600_000);
});
