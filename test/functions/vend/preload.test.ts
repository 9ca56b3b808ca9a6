import { expect, test } from '@jest/globals';
import { preloadTimeoutMs } from '../../../functions/vend/preload.ts';
import { answerJson, answerToken } from '../../support/scripted-provider.ts';
import { provider, startVending, useVending, vending } from '../../support/vending-setup.ts';

useVending();

test('an instance with provisioned concurrency answers its first caller from memory', async () => {
  await vending.preload();
  expect(vending.lastLog()).toMatchObject({ level: 'info', message: 'preload', provider: 'prove' });
  const { headers, body } = await vending.vend();
  expect([headers['x-token-source'], body.access_token, provider.requests.length]).toEqual(['memory', 'token-1', 1]);
});

test('a provider that fails is left to the first caller', async () => {
  provider.answerWith(answerJson(500, {}));
  await vending.preload();
  expect(vending.lastLog()).toMatchObject({ level: 'warn', message: 'preload', error: 'temporarily_unavailable' });
  provider.answerWith(answerJson(200, { access_token: 'late', expires_in: 3600 }));
  vending.clock.advanceSeconds(1);
  expect((await vending.vend()).headers['x-token-source']).toBe('exchange');
});

test('a provider that throttles is asked again within the time limit, and no longer', async () => {
  provider.answerWith(answerJson(429, {}, { 'retry-after': '1' }));
  const startedAtMs = vending.clock.now();
  await vending.preload();
  expect(vending.clock.now() - startedAtMs).toBeLessThanOrEqual(preloadTimeoutMs);
  expect(vending.lastLog()).toMatchObject({ level: 'warn', reason: 'provider_throttled' });
});

test('if there are no default scopes and the provider needs one, the first that works is loaded', async () => {
  await vending.close();
  await startVending({ scopes: { allowed: ['a', 'b', 'c'] } });
  provider.answerWith((response, request, count) => {
    const answer = request.body.includes('scope=b') ? answerToken() : answerJson(400, { error: 'invalid_scope' });
    return answer(response, request, count);
  });
  await vending.preload();
  expect(vending.lastLog()).toMatchObject({ level: 'info', message: 'preload' });
  expect((await vending.vend('scope=b')).headers['x-token-source']).toBe('memory');
  expect(provider.requests).toHaveLength(3);
});

test('no log line repeats a token or a secret', async () => {
  await vending.preload();
  expect(vending.logLines.join('')).not.toMatch(/token-1|canary/);
});
