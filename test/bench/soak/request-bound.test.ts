import { expect, test } from '@jest/globals';
import { healthy, type Phase } from '../../../bench/faults/script.ts';
import { requestBound } from '../../../bench/soak/request-bound.ts';

const failing = (seconds: number): Phase => ({ title: '500', provider: '500', secrets: 'healthy', seconds });

test('while the provider answers: one, a report every 10 s, min_ttl every 30 s, and a refresh at 75 % of the life', () => {
  expect(requestBound([{ ...healthy, seconds: 150 }], 100)).toBe(1 + 15 + 5 + 2);
});

test('while it fails: three at once, then one after each back-off of at least 0.5, 1, 2, 4, 8, 15, 15, … s', () => {
  const requests = [0.4, 0.5, 1.5, 3.5, 7.5, 15.5, 30.5, 45.5].map((seconds) => requestBound([failing(seconds)], 100));
  expect(requests).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
});

test('the bound of a script is that of its phases', () => {
  expect(requestBound([failing(0.5), { ...healthy, seconds: 10 }, failing(0.5)], 100)).toBe(4 + 4 + 4);
});
