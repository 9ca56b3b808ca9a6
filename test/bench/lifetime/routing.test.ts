import { expect, test } from '@jest/globals';
import { createRouting } from '../../../bench/lifetime/routing.ts';

test('requests go to all instances equally, in the same order in every run', () => {
  const [route, again] = [createRouting(4, 7), createRouting(4, 7)];
  const counts = [0, 0, 0, 0];
  for (let request = 0; request < 10_000; request += 1) {
    const instance = route();
    expect(again()).toBe(instance);
    counts[instance] = (counts[instance] ?? 0) + 1;
  }
  expect(counts).toHaveLength(4);
  for (const count of counts) expect(Math.abs(count - 2_500)).toBeLessThan(200);
});

test('a single instance takes all of them', () => {
  const route = createRouting(1, 7);
  expect([route(), route(), route()]).toEqual([0, 0, 0]);
});
