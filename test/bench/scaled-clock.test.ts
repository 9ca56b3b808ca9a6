import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { ScaledClock } from '../../bench/scaled-clock.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setTimeout'] });
});

afterEach(() => {
  jest.useRealTimers();
});

/** Of the wall clock, as `performance` tells it. */
const wallNow = () => performance.timeOrigin + performance.now();

test.each([24, 0.25])('runs %d times as fast as the wall clock from its origin on, and with it until then', (speed) => {
  const originMs = wallNow() + 1_000;
  const clock = new ScaledClock(speed, originMs);
  jest.advanceTimersByTime(999);
  expect(clock.now()).toBeCloseTo(wallNow());
  expect(clock.inWallMs(100)).toBe(100);
  jest.advanceTimersByTime(2_001);
  expect(clock.now() - originMs).toBeCloseTo(2_000 * speed);
  expect(clock.inWallMs(100)).toBeCloseTo(100 / speed);
});

test('runs with the wall clock until it is started', () => {
  const clock = new ScaledClock(10);
  jest.advanceTimersByTime(60_000);
  expect(clock.now()).toBeCloseTo(wallNow());
  clock.startAt(wallNow());
  jest.advanceTimersByTime(1_000);
  expect(clock.now() - clock.originMs).toBeCloseTo(10_000);
});
