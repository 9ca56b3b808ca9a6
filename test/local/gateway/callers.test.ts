import { expect, test } from '@jest/globals';
import { createCallers, isAllowed } from '../../../local/gateway/callers.ts';

function allows(pattern: string, request: string): boolean {
  return isAllowed({ allow: [pattern] }, request);
}

test.each([
  ['POST/tokens/prove', 'POST/tokens/prove', true],
  ['POST/tokens/prove', 'POST/tokens/prove-eu', false],
  ['POST/tokens/prove', 'GET/tokens/prove', false],
  ['POST/tokens/*', 'POST/tokens/prove', true],
  ['POST/tokens/*', 'POST/tokens/', true],
  ['POST/tokens/*', 'POST/tokens', false],
  ['*/tokens/prove', 'PUT/tokens/prove', true],
  ['POST/tokens/*-eu', 'POST/tokens/prove-eu', true],
  ['POST/tokens/*-eu', 'POST/tokens/prove-eu-2', false],
  ['*', 'GET/health', true],
  ['POST/tokens/a.b', 'POST/tokens/axb', false],
  ['POST/tokens/(a|b)', 'POST/tokens/a', false],
])('%s and %s: %s', (pattern, request, expected) => {
  expect(allows(pattern, request)).toBe(expected);
});

test('keys are new at every start, and intruder has no permissions', () => {
  const [first, second] = [createCallers(['prove']), createCallers(['prove'])];
  expect(first['orders']?.secretAccessKey).not.toBe(second['orders']?.secretAccessKey);
  expect(first['orders']?.sessionToken).not.toBe(second['orders']?.sessionToken);
  expect(first['orders']?.accessKeyId).not.toBe(first['intruder']?.accessKeyId);
  expect(first).toMatchObject({
    orders: { allow: ['POST/tokens/*', 'GET/health'] },
    intruder: { allow: [] },
    prober: { allow: ['POST/tokens/prove', 'GET/health'] },
  });
});
