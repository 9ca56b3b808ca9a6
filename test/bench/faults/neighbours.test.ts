import { expect, test } from '@jest/globals';
import { isDefaultScope, neighbourScopes, neighbours } from '../../../bench/faults/neighbours.ts';

const ask = (title: string, asked: number, token?: string) =>
  new URLSearchParams(neighbours[title]?.({ asked, token, tokenLifetimeSeconds: 300 }));

test('a reporter reports the fingerprint of the last token that it was given', () => {
  expect(ask('reports every token', 0).size).toBe(0);
  expect(ask('reports every token', 1, 'abc').get('rejected_token_sha256')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('another set of scopes each time means 1,023 different sets of allowed scopes, none of them the default', () => {
  const sets = Array.from({ length: 1_023 }, (_, asked) =>
    ask('asks for another set of scopes each time', asked).get('scope'),
  );
  expect(new Set(sets).size).toBe(1_023);
  for (const set of sets) {
    expect(isDefaultScope(set)).toBe(false);
    for (const scope of set?.split(' ') ?? []) expect(neighbourScopes.allowed).toContain(scope);
  }
});
