import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateLimit } from '../../local/rate-limit.ts';
import { createFakeClock } from '../support/fake-clock.ts';

test('allows its number of requests in any second, and refused ones do not count', () => {
  const clock = createFakeClock();
  const limit = new RateLimit(2, clock.now);
  expect([limit.tryEnter(), limit.tryEnter(), limit.tryEnter()]).toEqual([true, true, false]);
  clock.advanceSeconds(0.999);
  expect(limit.tryEnter()).toBe(false);
  clock.advanceSeconds(0.001);
  expect([limit.tryEnter(), limit.tryEnter(), limit.tryEnter()]).toEqual([true, true, false]);
});

test('never allows more in any second, however the requests arrive', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(700), { maxLength: 60 }), (perSecond, gapsMs) => {
      const clock = createFakeClock();
      const limit = new RateLimit(perSecond, clock.now);
      const allowedAtMs: number[] = [];
      for (const gapMs of gapsMs) {
        clock.advanceSeconds(gapMs / 1000);
        if (limit.tryEnter()) allowedAtMs.push(clock.now());
      }
      for (const [index, atMs] of allowedAtMs.entries()) {
        expect(atMs - (allowedAtMs[index - perSecond] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(1000);
      }
    }),
  );
});
