import { describe, expect, test } from '@jest/globals';
import type { ApiAnswer } from '../../../functions/probe/api-client.ts';
import { judgeTokenAnswer } from '../../../functions/probe/token-answer.ts';
import { undocumentedIn } from '../../support/documented-answer.ts';

const headers = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-token-source': 'memory',
};
const body = { access_token: 'canary', token_type: 'Bearer', expires_in: 3412 };

const answerOf = (changes: Partial<{ status: number; headers: Record<string, string>; body: unknown }>): ApiAnswer => {
  const answer = { status: 200, headers, body, ...changes };
  return { ...answer, headers: new Headers(answer.headers) };
};
const without = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

test('a token as the contract has it', () => {
  expect(judgeTokenAnswer(answerOf({}), [])).toEqual({ isToken: true, source: 'memory', expiresInSeconds: 3412 });
  const scoped = answerOf({ body: { ...body, scope: 'a b', id_token: 'canary' } });
  expect(judgeTokenAnswer(scoped, ['id_token'])).toMatchObject({ isToken: true });
});

const faults: [string, Parameters<typeof answerOf>[0], string][] = [
  ['an error', { status: 502, body: { error: 'provider_error' } }, '502 provider_error'],
  ['an error with words of its own', { status: 502, body: { error: 'Canary!' } }, '502 without an error code'],
  ['HTML', { status: 200, body: undefined }, 'the body is not a JSON object'],
  ['no content type', { headers: without('content-type') }, 'content-type is not application/json'],
  ['an answer that may be kept', { headers: without('cache-control') }, 'cache-control is not no-store'],
  ['no pragma', { headers: without('pragma') }, 'pragma is not no-cache'],
  ['no source', { headers: without('x-token-source') }, 'x-token-source is missing or unknown'],
  ['a source that does not exist', { headers: { ...headers, 'x-token-source': 'canary' } }, 'x-token-source is'],
  ['no token', { body: { ...body, access_token: '' } }, 'access_token is missing or no text'],
  ['a type in lower case', { body: { ...body, token_type: 'bearer' } }, 'token_type is not Bearer'],
  ['a lifetime as text', { body: { ...body, expires_in: '3412' } }, 'expires_in is not whole seconds'],
  ['a lifetime with a fraction', { body: { ...body, expires_in: 3412.5 } }, 'expires_in is not whole seconds'],
  ['a negative lifetime', { body: { ...body, expires_in: -1 } }, 'expires_in is not whole seconds'],
  ['a scope that is no text', { body: { ...body, scope: ['a'] } }, 'scope is no text'],
];

describe('what is not as the contract has it:', () => {
  test.each(faults)('%s', (_, changes, fault) => {
    const judged = judgeTokenAnswer(answerOf(changes), []);
    expect(judged).toEqual({ isToken: false, fault: expect.stringContaining(fault) });
    expect(JSON.stringify(judged)).not.toMatch(/canary/i);
  });

  test.each(faults)('%s: docs/openapi.yaml says the same', (_, changes) => {
    const { status, body: answered } = answerOf(changes);
    const answer = {
      method: 'POST',
      path: '/tokens/prove',
      status,
      headers: changes.headers ?? headers,
      body: answered,
    };
    // The content type is HTTP's; an error is documented, and no token.
    if (status !== 200 || (changes.headers?.['content-type'] === undefined && changes.headers !== undefined)) return;
    expect(undocumentedIn(answer)).not.toEqual([]);
  });

  test('more than one is named at once', () => {
    const judged = judgeTokenAnswer(answerOf({ body: { ...body, token_type: 'mac', expires_in: -1 } }), []);
    expect(judged).toEqual({
      isToken: false,
      fault: '200, but token_type is not Bearer, expires_in is not whole seconds up to 30 days',
    });
  });
});

test('what is stricter than the contract: a lifetime is needed, and no field is shown that the settings do not expose', () => {
  const { expires_in: _, ...lifeless } = body;
  expect(judgeTokenAnswer(answerOf({ body: lifeless }), [])).toMatchObject({
    fault: '200, but expires_in is missing (if the provider never says it, set defaultLifetimeSeconds)',
  });
  const talkative = answerOf({ body: { ...body, refresh_token: 'canary', id_token: 'canary' } });
  expect(judgeTokenAnswer(talkative, ['id_token'])).toMatchObject({
    fault: '200, but 1 field(s) that the settings do not expose',
  });
});
