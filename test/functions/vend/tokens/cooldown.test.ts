import { expect, test } from '@jest/globals';
import { Cooldown } from '../../../../functions/vend/tokens/cooldown.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

test('lets a key in once, and again when its time has passed', () => {
  const clock = createFakeClock();
  const cooldown = new Cooldown(clock.now);
  expect(cooldown.tryEnter('a', 10_000)).toBe(true);
  clock.advanceSeconds(9);
  expect([cooldown.tryEnter('a', 10_000), cooldown.tryEnter('b', 10_000)]).toEqual([false, true]);
  expect(cooldown.remainingMs('a')).toBe(1000);
  clock.advanceSeconds(1);
  expect(cooldown.remainingMs('a')).toBe(0);
  expect(cooldown.tryEnter('a', 10_000)).toBe(true);
});
