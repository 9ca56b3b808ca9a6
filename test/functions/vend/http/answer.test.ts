import { describe, expect, test } from '@jest/globals';
import { answerToken } from '../../../support/scripted-provider.ts';
import { provider, startVending, useProvider, vending } from '../../../support/vending-setup.ts';

useProvider();

describe('the answer', () => {
  test.each(['bearer', 'BEARER', 'Bearer', undefined])(
    'spells token_type Bearer for a provider that says %p',
    async (said) => {
      provider.answerWith(answerToken({ token_type: said, expires_in: 3600 }));
      await startVending();
      expect((await vending.vend()).body.token_type).toBe('Bearer');
    },
  );

  test.each([
    ['3600', 3600],
    ['3599.9', 3599],
    [3599.9, 3599],
    [10 ** 12, 30 * 86_400],
  ])('gives expires_in as an integer for a provider that says %p', async (said, seconds) => {
    provider.answerWith(answerToken({ expires_in: said }));
    await startVending();
    expect((await vending.vend()).body.expires_in).toBe(seconds);
  });

  test('withholds what would make a token live longer than it lives', async () => {
    provider.answerWith(
      answerToken({ expires_in: 60, refresh_token: 'r', refresh_expires_in: 9, id_token: 'i', more: 1 }),
    );
    await startVending();
    expect(Object.keys((await vending.vend()).body)).toEqual(['access_token', 'token_type', 'expires_in']);
  });

  test('passes on what the settings expose, and the scope that the provider granted', async () => {
    provider.answerWith(answerToken({ expires_in: 60, id_token: 'i', scope: 'a' }));
    const scopes = { default: ['a', 'b'], allowed: ['a', 'b'] };
    await startVending({ expose: ['id_token', 'absent'], scopes });
    expect((await vending.vend()).body).toEqual({
      access_token: 'token-1',
      token_type: 'Bearer',
      expires_in: 60,
      scope: 'a',
      id_token: 'i',
    });
  });

  test('takes the lifetime from the settings when the provider gives none', async () => {
    provider.answerWith(answerToken({}));
    await startVending({ defaultLifetimeSeconds: 120 });
    expect((await vending.vend()).body.expires_in).toBe(120);
    expect((await vending.vend()).headers['x-token-source']).toBe('memory');
  });

  test('tells where the time went, but only where it went somewhere', async () => {
    provider.answerWith((response, request, count) => {
      vending.clock.advanceSeconds(0.25);
      return answerToken({ expires_in: 20 })(response, request, count);
    });
    await startVending();
    expect((await vending.vend()).headers['server-timing']).toBe('secret;dur=0, exchange;dur=250');
    expect((await vending.vend()).headers['server-timing']).toBeUndefined();
    vending.clock.advanceSeconds(20);
    expect((await vending.vend()).headers['server-timing']).toBe('exchange;dur=250');
  });

  test('keeps a token per set of scopes, whatever their order', async () => {
    const scopes = { default: ['a'], allowed: ['a', 'b'] };
    await startVending({ scopes });
    const tokens = [];
    for (const form of ['', 'scope=a', 'scope=a+b', 'scope=b+a+b', 'scope=b']) {
      tokens.push((await vending.vend(form)).body.access_token);
    }
    expect(tokens).toEqual(['token-1', 'token-1', 'token-2', 'token-2', 'token-3']);
    expect(new URLSearchParams(provider.requests[1]?.body).get('scope')).toBe('a b');
  });
});
