import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { answerJson, answerToken } from '../../../support/scripted-provider.ts';
import { startVendingFunction } from '../../../support/vending-function.ts';
import { provider, useVending, vending } from '../../../support/vending-setup.ts';

// The provider's tokens live 3600 s; with `random` at 0 they are due for a refresh after 75 % of that, 2700 s.

useVending();

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');

describe('a vend', () => {
  test('exchanges once, then answers from memory with the remaining lifetime', async () => {
    const first = await vending.vend();
    vending.clock.advanceSeconds(100.5);
    const second = await vending.vend();
    expect(first).toMatchObject({
      status: 200,
      headers: { 'x-token-source': 'exchange' },
      body: { access_token: 'token-1', token_type: 'Bearer', expires_in: 3600 },
    });
    expect(second.headers['x-token-source']).toBe('memory');
    expect(second.body).toEqual({ access_token: 'token-1', token_type: 'Bearer', expires_in: 3499 });
    expect(provider.requests).toHaveLength(1);
    expect(vending.secretReads()).toBe(1);
  });

  test('counts the lifetime from before the exchange was sent', async () => {
    provider.answerWith((response, request, count) => {
      vending.clock.advanceSeconds(3);
      return answerToken()(response, request, count);
    });
    expect((await vending.vend()).body.expires_in).toBe(3597);
  });

  test('shares one exchange among all waiting callers', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => vending.vend()));
    expect(new Set(answers.map(({ body }) => body.access_token))).toEqual(new Set(['token-1']));
    expect(provider.requests).toHaveLength(1);
    expect(vending.secretReads()).toBe(1);
  });

  test('does no I/O before the refresh point, even if the secret is older than five minutes', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(2699);
    expect((await vending.vend()).headers['x-token-source']).toBe('memory');
    expect([provider.requests.length, vending.secretReads()]).toEqual([1, 1]);
  });

  test('refreshes inside its own invocation from the refresh point on', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(2700);
    const refreshed = await vending.vend();
    expect(refreshed.headers['x-token-source']).toBe('refresh');
    expect(refreshed.body).toMatchObject({ access_token: 'token-2', expires_in: 3600 });
    expect((await vending.vend()).headers['x-token-source']).toBe('memory');
    expect(provider.requests).toHaveLength(2);
  });

  test('is answered from memory while another vend refreshes', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(2700);
    const answers = await Promise.all([vending.vend(), vending.vend(), vending.vend()]);
    expect(answers.map(({ headers }) => headers['x-token-source'])).toEqual(['refresh', 'memory', 'memory']);
    expect(answers.map(({ body }) => body.access_token)).toEqual(['token-2', 'token-1', 'token-1']);
  });

  test('gets the old token when the refresh fails, and leaves the provider alone for 30 s', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(2700);
    provider.answerWith(answerJson(500, {}));
    const stale = await vending.vend();
    expect(stale).toMatchObject({ status: 200, headers: { 'x-token-source': 'memory-stale' } });
    expect(stale.body).toMatchObject({ access_token: 'token-1', expires_in: 900 });
    vending.clock.advanceSeconds(29);
    expect((await vending.vend()).headers['x-token-source']).toBe('memory-stale');
    // The first exchange, and the refresh with its two retries.
    expect(provider.requests).toHaveLength(4);
    provider.answerWith(answerToken());
    vending.clock.advanceSeconds(1);
    expect((await vending.vend()).headers['x-token-source']).toBe('refresh');
  });

  test('waits for an exchange when less than 10 s are left', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(3590.001);
    expect((await vending.vend()).headers['x-token-source']).toBe('exchange');
  });

  test('gets a token in its last seconds, with its true lifetime, if no other can be obtained', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(3595);
    provider.answerWith(answerJson(500, {}));
    const answer = await vending.vend();
    expect(answer).toMatchObject({ status: 200, headers: { 'x-token-source': 'memory-stale' } });
    expect(answer.body).toMatchObject({ access_token: 'token-1', expires_in: 5 });
  });

  test('never gets an expired token, even when the provider is down', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(3600);
    provider.answerWith(answerJson(500, {}));
    expect(await vending.vend()).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
  });

  test('keeps only the time of the next try after a failure, and reports it', async () => {
    provider.answerWith(answerJson(500, {}));
    const { status, headers } = await vending.vend();
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    provider.answerWith(answerToken());
    vending.clock.advanceSeconds(1);
    expect((await vending.vend()).status).toBe(200);
  });

  test('gets a token that lives shorter than the skew', async () => {
    provider.answerWith(answerToken({ expires_in: 5 }));
    expect((await vending.vend()).body.expires_in).toBe(5);
    expect((await vending.vend()).body.access_token).toBe('token-2');
  });

  test('answers a token without a lifetime but does not keep it', async () => {
    provider.answerWith(answerToken({}));
    const { body } = await vending.vend();
    expect(body).toEqual({ access_token: 'token-1', token_type: 'Bearer' });
    expect((await vending.vend()).body.access_token).toBe('token-2');
  });

  test('picks the refresh point between 75 % and 90 % of the lifetime', async () => {
    const late = await startVendingFunction(provider.tokenUrl, { dialect: 'prove' }, () => 0.999999);
    await late.vend();
    late.clock.advanceSeconds(3239);
    expect((await late.vend()).headers['x-token-source']).toBe('memory');
    late.clock.advanceSeconds(1);
    expect((await late.vend()).headers['x-token-source']).toBe('refresh');
    await late.close();
  });
});

describe('min_ttl', () => {
  test('accepts a token that lives long enough', async () => {
    await vending.vend();
    expect((await vending.vend('min_ttl=3600')).headers['x-token-source']).toBe('memory');
  });

  test('causes one exchange if the token lives too short, and answers with its true lifetime', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(60);
    const answer = await vending.vend('min_ttl=3590');
    expect(answer.headers['x-token-source']).toBe('refresh');
    expect(answer.body).toMatchObject({ access_token: 'token-2', expires_in: 3600 });
  });

  test('causes no exchange if even a new token lives shorter than the caller wants', async () => {
    await vending.vend();
    const answers = [];
    for (let second = 0; second < 60; second += 1) {
      answers.push(await vending.vend('min_ttl=86400'));
      vending.clock.advanceSeconds(1);
    }
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(provider.requests).toHaveLength(1);
  });

  test('causes at most one exchange in 30 s', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(1800);
    for (let second = 0; second < 60; second += 1) {
      await vending.vend('min_ttl=3599');
      vending.clock.advanceSeconds(1);
    }
    expect(provider.requests).toHaveLength(3);
  });

  test('keeps the longer-lived token if the provider answers a shorter one', async () => {
    await vending.vend();
    provider.answerWith(answerToken({ expires_in: 600 }));
    vending.clock.advanceSeconds(2);
    expect((await vending.vend('min_ttl=3599')).body).toMatchObject({ access_token: 'token-1', expires_in: 3598 });
  });

  test('gets the token held if the exchange fails', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(2);
    provider.answerWith(answerJson(500, {}));
    const answer = await vending.vend('min_ttl=3599');
    expect(answer).toMatchObject({ status: 200, headers: { 'x-token-source': 'memory-stale' } });
    expect(answer.body.access_token).toBe('token-1');
  });

  test('waits for a running refresh', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(2700);
    const [refreshing, wanting] = await Promise.all([vending.vend(), vending.vend('min_ttl=3000')]);
    expect([refreshing.body.access_token, wanting.body.access_token]).toEqual(['token-2', 'token-2']);
    expect(provider.requests).toHaveLength(2);
  });
});

describe('rejected_token_sha256', () => {
  test('replaces only the token that was refused', async () => {
    await vending.vend();
    expect((await vending.vend(`rejected_token_sha256=${sha256('another')}`)).body.access_token).toBe('token-1');
    const answer = await vending.vend(`rejected_token_sha256=${sha256('token-1')}`);
    expect(answer.headers['x-token-source']).toBe('exchange');
    expect(answer.body.access_token).toBe('token-2');
  });

  test('costs one exchange when many callers report the same token', async () => {
    await vending.vend();
    const form = `rejected_token_sha256=${sha256('token-1')}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => vending.vend(form)));
    expect(new Set(answers.map(({ body }) => body.access_token))).toEqual(new Set(['token-2']));
    expect(provider.requests).toHaveLength(2);
  });

  test('replaces at most once in 10 s', async () => {
    await vending.vend();
    await vending.vend(`rejected_token_sha256=${sha256('token-1')}`);
    const again = await vending.vend(`rejected_token_sha256=${sha256('token-2')}`);
    expect(again.headers['x-token-source']).toBe('memory');
    vending.clock.advanceSeconds(10);
    const later = await vending.vend(`rejected_token_sha256=${sha256('token-2')}`);
    expect(later.body.access_token).toBe('token-3');
  });
});
