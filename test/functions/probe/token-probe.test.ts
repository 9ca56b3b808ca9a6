import { expect, test } from '@jest/globals';
import type { ApiAnswer } from '../../../functions/probe/api-client.ts';
import type { Ask } from '../../../functions/probe/ask.ts';
import { createTokenProbe, WorkingScopes } from '../../../functions/probe/token-probe.ts';
import { parseProviders } from '../../../functions/shared/settings/config.ts';

const okHeaders = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' };

function token(source: string): ApiAnswer {
  const body = { access_token: 'canary', token_type: 'Bearer', expires_in: 60 };
  return { status: 200, headers: new Headers({ ...okHeaders, 'x-token-source': source }), body };
}

function refusal(error: string): ApiAnswer {
  return { status: error === 'invalid_scope' ? 400 : 502, headers: new Headers(okHeaders), body: { error } };
}

/** A probe of a provider with these scopes; the answers depend on the scope asked for, and on how often. */
function createProbe(scopes: object, answer: (scope: string | null, count: number) => ApiAnswer) {
  const settings = { tokenUrl: 'https://login.example.com/token', secretId: 's', scopes };
  const provider = parseProviders({ crm: settings }, 'providers').get('crm');
  if (provider === undefined) throw new Error('The settings are wrong');
  const asked: (string | null)[] = [];
  const ask: Ask = async ({ path, body }) => {
    expect(path).toBe('/tokens/crm');
    const scope = new URLSearchParams(body).get('scope');
    asked.push(scope);
    return answer(scope, asked.length);
  };
  const { run } = createTokenProbe(ask, provider, new WorkingScopes());
  return { asked, run: () => run(0) };
}

test.each(['memory', 'memory-stale', 'shared'])(
  'a second answer from %s shows that the token is kept',
  async (source) => {
    const { asked, run } = createProbe({}, (_, count) => token(count === 1 ? 'exchange' : source));
    expect(await run()).toEqual({ outcome: 'passed', detail: `exchange, 60 s left; then ${source}` });
    expect(asked).toEqual([null, null]);
  },
);

test('each instance of a fleet may exchange once: it is asked until one answers from memory', async () => {
  const { asked, run } = createProbe({}, (_, count) => token(count < 7 ? 'exchange' : 'memory'));
  expect(await run()).toMatchObject({ outcome: 'passed' });
  expect(asked).toHaveLength(7);
});

test.each(['exchange', 'refresh'])('nine answers that are each %s mean that nothing is kept', async (source) => {
  const { asked, run } = createProbe({}, () => token(source));
  expect(await run()).toEqual({
    outcome: 'failed',
    detail: 'not kept: none of 9 answers in a row came from memory or the store',
  });
  expect(asked).toHaveLength(9);
});

test('a second answer that is no token fails', async () => {
  const { run } = createProbe({}, (_, count) => (count === 1 ? token('exchange') : refusal('provider_error')));
  expect(await run()).toEqual({ outcome: 'failed', detail: 'asked again: 502 provider_error' });
});

const needsScope = { default: [], allowed: ['crm.read', 'crm.write'] };

test.each(['invalid_scope', 'provider_rejected_credentials', 'provider_error'])(
  'a provider without default scopes that answers %s is tried with each allowed one, and the next run remembers',
  async (error) => {
    const { asked, run } = createProbe(needsScope, (scope) =>
      scope === 'crm.write' ? token('memory') : refusal(error),
    );
    expect(await run()).toMatchObject({ outcome: 'passed' });
    expect(asked).toEqual([null, 'crm.read', 'crm.write', 'crm.write']);
    await run();
    expect(asked.slice(4)).toEqual(['crm.write', 'crm.write']);
  },
);

test('what worked is forgotten when it works no more', async () => {
  let isDown = false;
  const { asked, run } = createProbe(needsScope, (scope) =>
    scope === 'crm.read' && !isDown ? token('memory') : refusal('provider_error'),
  );
  await run();
  isDown = true;
  expect(await run()).toEqual({ outcome: 'failed', detail: '502 provider_error' });
  await run();
  expect(asked.slice(-3)).toEqual([null, 'crm.read', 'crm.write']);
});

test('default scopes are what a caller gets: no other is tried', async () => {
  const { asked, run } = createProbe({ default: ['a'], allowed: ['a', 'b'] }, () => refusal('invalid_scope'));
  expect(await run()).toEqual({ outcome: 'failed', detail: '400 invalid_scope' });
  expect(asked).toEqual(['a']);
});
