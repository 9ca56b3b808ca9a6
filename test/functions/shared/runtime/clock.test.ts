import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createClock } from '../../../../functions/shared/runtime/clock.ts';

function createSteppedClock() {
  const source = { wallMs: 1_000_000, monotonicMs: 50 };
  const now = createClock(
    () => source.wallMs,
    () => source.monotonicMs,
  );
  return { source, now };
}

test('starts with the wall clock and follows it', () => {
  const { source, now } = createSteppedClock();
  expect(now()).toBe(1_000_000);
  source.wallMs += 10;
  source.monotonicMs += 10;
  expect(now()).toBe(1_000_010);
});

test('continues when the wall clock is set back', () => {
  const { source, now } = createSteppedClock();
  source.wallMs += 1_000 - 600_000;
  source.monotonicMs += 1_000;
  expect(now()).toBe(1_001_000);
});

test('notices a freeze in which the monotonic clock stood still', () => {
  const { source, now } = createSteppedClock();
  source.wallMs += 7_200_000;
  expect(now()).toBe(8_200_000);
});

test('does not go back when a step forward is corrected', () => {
  const { source, now } = createSteppedClock();
  source.wallMs += 600_000;
  const ahead = now();
  source.wallMs -= 600_000;
  source.monotonicMs += 5;
  expect(now()).toBe(ahead + 5);
});

test('runs no faster than time, however often it is read', () => {
  let elapsedMs = 0;
  const now = createClock(
    () => 1_000_000 + Math.floor(elapsedMs),
    () => elapsedMs,
  );
  for (let reading = 0; reading < 240_000; reading += 1) {
    elapsedMs += 0.25;
    now();
  }
  expect(now()).toBe(1_060_000);
});

test('counts many short freezes', () => {
  const { source, now } = createSteppedClock();
  for (let request = 0; request < 3600; request += 1) {
    source.wallMs += 1_000;
    source.monotonicMs += 10;
    now();
  }
  expect(now()).toBeGreaterThanOrEqual(1_000_000 + 3_600_000 - 1_000);
});

test('notices a freeze after the wall clock was set back', () => {
  const { source, now } = createSteppedClock();
  source.wallMs -= 600_000;
  now();
  source.wallMs += 300_000;
  expect(now()).toBe(1_300_000);
});

test('never goes back, and counts at most two seconds less than have passed', () => {
  const step = fc.record({
    elapsedMs: fc.nat(10_000),
    wallStepMs: fc.integer({ min: -1e6, max: 1e6 }),
    isFrozen: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { source, now } = createSteppedClock();
      const start = now();
      let elapsedMs = 0;
      let last = start;
      for (const { elapsedMs: passedMs, wallStepMs, isFrozen } of steps) {
        // The clock is not set while the instance is frozen, because nothing runs then.
        source.wallMs += passedMs + (isFrozen ? 0 : wallStepMs);
        source.monotonicMs += isFrozen ? 0 : passedMs;
        elapsedMs += passedMs;
        const reading = now();
        expect(reading).toBeGreaterThanOrEqual(last);
        expect(reading - start).toBeGreaterThanOrEqual(elapsedMs - 2_000);
        last = reading;
      }
    }),
    { seed: 1 },
  );
});
