import { expect, test } from '@jest/globals';
import { totalSeconds } from '../../../bench/faults/script.ts';
import { createRandom } from '../../../bench/random.ts';
import { createRandomScript } from '../../../bench/soak/random-script.ts';

test('lasts as long as it should, and is the same for the same seed', () => {
  const script = createRandomScript(600, createRandom(1));
  expect(totalSeconds(script)).toBeCloseTo(600);
  expect(createRandomScript(600, createRandom(1))).toEqual(script);
  expect(createRandomScript(600, createRandom(2))).not.toEqual(script);
});

test('has healthy phases and every fault sooner or later', () => {
  const titles = new Set(createRandomScript(36_000, createRandom(3)).map(({ title }) => title));
  expect(titles).toContain('healthy');
  expect(titles.size).toBe(15);
});
