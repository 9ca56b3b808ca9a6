import { expect, test } from '@jest/globals';
import { buildVendEvent } from '../support/rest-event.ts';
import { answerJson, answerToken } from '../support/scripted-provider.ts';
import { provider, useVending, vending } from '../support/vending-setup.ts';

// Several invocations in one process, as on Lambda managed instances.

useVending({ dialect: 'prove', scopes: { default: [], allowed: ['a', 'b'] } });

test('a failed exchange fails once for all who waited, and a second later the next vend tries again', async () => {
  provider.answerWith(answerJson(400, {}));
  const answers = await Promise.all(Array.from({ length: 30 }, () => vending.vend()));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
  expect(provider.requests).toHaveLength(1);
  provider.answerWith(answerToken());
  vending.clock.advanceSeconds(1);
  expect((await vending.vend()).status).toBe(200);
});

test('a caller with less time left is answered by its own deadline', async () => {
  provider.answerWith((response, request, count) => {
    setTimeout(() => answerToken()(response, request, count), 300);
  });
  const patient = vending.handle(buildVendEvent('prove'), 5_000);
  const hasty = await vending.handle(buildVendEvent('prove'), 550);
  expect([hasty.status, hasty.body.error]).toEqual([504, 'provider_timeout']);
  expect((await patient).status).toBe(200);
  expect(provider.requests).toHaveLength(1);
});

test('a Retry-After for one scope set also stops the retries of another', async () => {
  provider.answerWith((response, request, count) => {
    const isThrottled = request.body.includes('scope=a');
    (isThrottled ? answerJson(429, {}, { 'retry-after': '20' }) : answerJson(500, {}))(response, request, count);
  });
  const [throttled, failing] = await Promise.all([vending.vend('scope=a'), vending.vend('scope=b')]);
  expect([throttled.status, failing.status]).toEqual([503, 503]);
  const again = await vending.vend('scope=b');
  expect([again.status, again.headers['retry-after']]).toEqual([503, '20']);
  expect(provider.requests.length).toBeLessThanOrEqual(3);
});

test('an instance frozen for hours renews its token at the next vend', async () => {
  await vending.vend();
  vending.clock.advanceSeconds(6 * 3600);
  const answer = await vending.vend();
  expect([answer.headers['x-token-source'], answer.body.access_token]).toEqual(['exchange', 'token-2']);
});

test('a provider that keeps failing gets one request per try, less and less often', async () => {
  provider.answerWith(answerJson(500, {}));
  await vending.vend();
  expect(provider.requests).toHaveLength(3);
  for (let second = 1; second <= 60; second += 1) {
    vending.clock.advanceSeconds(1);
    await vending.vend();
  }
  // After 1, 3, 7, 15, 31 and 61 s.
  expect(provider.requests).toHaveLength(3 + 5);
});
