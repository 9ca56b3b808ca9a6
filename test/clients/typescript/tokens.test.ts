import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { VendingError } from '../../../clients/typescript/src/vending-error.ts';
import { answerJson, answerToken, type Script } from '../../support/scripted-provider.ts';
import { type ProviderApi, startProviderApi } from '../support/provider-api.ts';
import { startTestClient, type TestClient } from './test-client.ts';

let vending: TestClient;

beforeEach(async () => {
  vending = await startTestClient();
});

afterEach(() => vending.close());

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const token = (access_token: string, expires_in?: number) =>
  answerJson(200, { access_token, token_type: 'Bearer', ...(expires_in !== undefined && { expires_in }) });
const unavailable = (retryAfter?: string) =>
  answerJson(
    503,
    { error: 'temporarily_unavailable', error_description: 'Later.' },
    retryAfter ? { 'retry-after': retryAfter } : {},
  );
const getToken = async (...args: Parameters<TestClient['client']['getToken']>) =>
  (await vending.client.getToken(...args)).accessToken;
const count = () => vending.service.requests.length;

describe('a token is renewed', () => {
  test.each([
    [20, 18],
    [299, 269.1],
    [300, 240],
    [600, 540],
    [3600, 3240],
  ])('of %i seconds from second %d on', async (lifetime, refreshAt) => {
    vending.service.answerWith(answerToken({ token_type: 'Bearer', expires_in: lifetime }));
    await getToken('prove');
    vending.advanceSeconds(refreshAt - 0.1);
    expect(await getToken('prove')).toBe('token-1');
    await vending.settled();
    expect(count()).toBe(1);
    vending.advanceSeconds(0.1);
    expect(await getToken('prove')).toBe('token-1');
    await vending.settled();
    expect(await getToken('prove')).toBe('token-2');
    expect(count()).toBe(2);
  });

  test('again after 1, 2, 4, … 30 seconds where that fails, and where it brings nothing better', async () => {
    vending.service.answerWith(token('first', 3600));
    await getToken('prove');
    vending.advanceSeconds(3300);
    vending.service.answerWith(token('worse', 10));
    for (const pause of [0, 1, 2, 4, 8, 16, 30, 30]) {
      const before = count();
      vending.advanceSeconds(Math.max(0, pause - 0.5));
      if (pause > 0) expect(await getToken('prove')).toBe('first');
      await vending.settled();
      expect(count()).toBe(before);
      vending.advanceSeconds(pause > 0 ? 0.5 : 0);
      expect(await getToken('prove')).toBe('first');
      await vending.settled();
      expect(count()).toBe(before + 1);
    }
  });

  test('not before the retry-after of a failed renewal', async () => {
    vending.service.answerWith(token('first', 3600));
    await getToken('prove');
    vending.advanceSeconds(3300);
    vending.service.answerWith(unavailable('100'));
    await getToken('prove');
    await vending.settled();
    expect(count()).toBe(2);
    vending.advanceSeconds(99);
    await getToken('prove');
    await vending.settled();
    expect(count()).toBe(2);
    vending.advanceSeconds(1);
    await getToken('prove');
    await vending.settled();
    expect(count()).toBe(3);
  });
});

describe('a longer life', () => {
  test('that cannot be had is not asked for again within 30 seconds', async () => {
    vending.service.answerWith(token('short', 60));
    await getToken('prove');
    expect(await getToken('prove', { minTtlSeconds: 600 })).toBe('short');
    expect(await getToken('prove', { minTtlSeconds: 600 })).toBe('short');
    expect(count()).toBe(2);
    vending.advanceSeconds(30);
    await getToken('prove', { minTtlSeconds: 600 });
    expect(count()).toBe(3);
  });

  test('for which the service fails leaves the token held', async () => {
    vending.service.answerWith(token('short', 60));
    await getToken('prove');
    vending.service.answerWith(answerJson(400, { error: 'invalid_request', error_description: 'No.' }));
    expect(await getToken('prove', { minTtlSeconds: 600 })).toBe('short');
  });

  test('is asked for by those who want it only', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    vending.service.answerWith(async (...answer) => {
      await held;
      answerToken({ token_type: 'Bearer', expires_in: 3600 })(...answer);
    });
    const calls = [
      getToken('prove', { minTtlSeconds: 60 }),
      getToken('prove'),
      getToken('prove', { minTtlSeconds: 600 }),
    ];
    release();
    await Promise.all(calls);
    expect(vending.forms().map((form) => form.get('min_ttl'))).toEqual(['60', '600']);
  });

  test.each([-1, 0.5, Number.NaN, 86_401])(
    'of %d seconds is no whole number that the service takes',
    async (minTtlSeconds) => {
      await expect(getToken('prove', { minTtlSeconds })).rejects.toThrow(TypeError);
    },
  );
});

describe('waiting', () => {
  test('for retry-after is for those who have the time; the others get the error', async () => {
    const scripts: Script[] = [unavailable('1'), token('later', 60)];
    vending.service.answerWith((...answer) => scripts.shift()?.(...answer));
    const patient = getToken('prove');
    const impatient = getToken('prove', { timeoutMs: 500 });
    await expect(impatient).rejects.toMatchObject({ status: 503, retryAfterSeconds: 1 });
    expect(await patient).toBe('later');
    expect(count()).toBe(2);
  });

  test('ends at the deadline of each, and the request goes on for the next', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    vending.service.answerWith(async (...answer) => {
      await held;
      token('slow', 60)(...answer);
    });
    await expect(getToken('prove', { timeoutMs: 50 })).rejects.toMatchObject({
      name: 'VendingError',
      error: 'timeout',
    });
    const next = getToken('prove');
    release();
    expect([await next, count()]).toEqual(['slow', 1]);
  });

  test('ends with the reason of a signal', async () => {
    const reason = new Error('enough');
    await expect(getToken('prove', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(count()).toBe(0);
  });
});

describe('a token that an API refuses', () => {
  let api: ProviderApi;

  beforeEach(async () => {
    api = await startProviderApi();
  });

  afterEach(() => api.close());

  const call = async (init?: RequestInit) => (await vending.client.authorizedFetch('prove')(api.url, init)).status;

  test('and that the service keeps is not reported again for ten seconds', async () => {
    vending.service.answerWith(token('kept', 3600));
    api.revokeAll();
    expect([await call(), await call(), await call()]).toEqual([401, 401, 401]);
    expect(count()).toBe(2);
    vending.advanceSeconds(10);
    await call();
    expect(vending.forms().map((form) => form.get('rejected_token_sha256'))).toEqual([
      null,
      sha256('kept'),
      sha256('kept'),
    ]);
  });

  test('and whose report fails is reported again after a second at the earliest', async () => {
    vending.service.answerWith(token('first', 3600));
    await getToken('prove');
    api.revoke(sha256('first'));
    vending.service.answerWith(answerJson(502, { error: 'provider_rejected_credentials', error_description: 'No.' }));
    expect([await call(), await call()]).toEqual([401, 401]);
    expect(count()).toBe(2);
    vending.advanceSeconds(1);
    vending.service.answerWith(token('second', 3600));
    expect(await call()).toBe(200);
  });

  test('does not come back from an instance of the service that still holds it', async () => {
    vending.service.answerWith(token('old', 3600));
    await getToken('prove');
    api.revoke(sha256('old'));
    vending.service.answerWith(token('new', 1800));
    expect(await call()).toBe(200);
    vending.service.answerWith(token('old', 3000));
    vending.advanceSeconds(1700);
    expect(await getToken('prove')).toBe('new');
    await vending.settled();
    expect([await getToken('prove'), count()]).toEqual(['new', 3]);
  });

  test('is reported where the body cannot be sent again, and the next request has another one', async () => {
    vending.service.answerWith(answerToken());
    await call();
    api.revoke(sha256('token-1'));
    expect(await call({ method: 'POST', body: new Blob(['once']).stream(), duplex: 'half' } as RequestInit)).toBe(401);
    expect(await call()).toBe(200);
    expect(count()).toBe(2);
  });

  test.each([
    ['a Request', () => new Request(api.url, { method: 'POST', body: 'body', headers: { 'x-mine': '1' } }), undefined],
    [
      'a URL and a form',
      () => new URL(api.url),
      { method: 'POST', body: new URLSearchParams({ a: 'b' }), headers: { 'x-mine': '1' } },
    ],
    [
      'a Request and other options',
      () => new Request(api.url),
      { method: 'POST', body: 'other', headers: { 'x-mine': '1' } },
    ],
  ])('is replaced in %s, and the rest stays as it was', async (_what, input, init) => {
    await getToken('prove');
    api.revoke(sha256('token-1'));
    const response = await vending.client.authorizedFetch('prove')(input(), init);
    expect(response.status).toBe(200);
    const [first, second] = api.requests.map(({ method, body, headers }) => [
      method,
      body,
      headers['x-mine'],
      headers['content-type'],
    ]);
    expect(first).toEqual(second);
    expect(first?.[2]).toBe('1');
  });
});

describe('what is not a token', () => {
  test.each<[string, Script]>([
    ['no access_token', answerJson(200, { token_type: 'Bearer', expires_in: 60 })],
    ['an empty one', answerJson(200, { access_token: '', token_type: 'Bearer' })],
    ['expires_in as text', answerJson(200, { access_token: 'canary', token_type: 'Bearer', expires_in: '60' })],
    ['an array', answerJson(200, ['canary'])],
    ['too much', answerJson(200, { access_token: 'canary'.repeat(20_000), token_type: 'Bearer' })],
    ['cut off', (response) => void response.writeHead(200).end('{"access_token":"canary')],
    ['a redirect', (response) => void response.writeHead(302, { location: 'https://example.com/canary' }).end()],
  ])('(%s) is an invalid_response that repeats nothing', async (_what, script) => {
    vending.service.answerWith(script);
    const error: unknown = await vending.client.getToken('prove').catch((thrown) => thrown);
    expect(error).toBeInstanceOf(VendingError);
    expect(error).toMatchObject({ error: 'invalid_response' });
    expect(String(error)).not.toContain('canary');
    expect(count()).toBe(1);
  });

  test.each(['', ' prove', 'a b', '.', '..', '/prove'])('"%s" is no provider', async (provider) => {
    await expect(getToken(provider)).rejects.toThrow(TypeError);
  });
});
