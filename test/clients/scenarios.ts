import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { answered, dropped, httpApiRefusal, refusal } from './support/fault-proxy.ts';
import type { ProviderKind } from './support/provider.ts';
import { answerOf, answersOf, errorOf, errorsOf, tokenOf, tokensOf } from './support/results.ts';
import type { Stage } from './support/stage.ts';

export interface Scenario {
  readonly title: string;
  /** What its provider is like; `plain` where left out. */
  readonly kind?: ProviderKind;
  play(stage: Stage): Promise<void>;
}

const minutes = 60_000;

const gettingTokens: readonly Scenario[] = [
  {
    title: 'a token says its type, its expiry and its scope',
    async play({ driver, provider }) {
      const { expiresAt, ...token } = tokenOf(await driver.send('getToken', { provider }));
      expect(token).toEqual({
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        tokenType: 'Bearer',
        scope: 'api:read',
      });
      const leftMs = Date.parse(expiresAt ?? '') - Date.now();
      expect([leftMs > 59 * minutes, leftMs <= 60 * minutes]).toEqual([true, true]);
    },
  },
  {
    title: '100 concurrent callers of a new client cause one request and get one token',
    async play({ driver, provider, proxy }) {
      const tokens = tokensOf(await driver.send('getToken', { provider, times: 100 }));
      expect([tokens.length, new Set(tokens.map(({ sha256 }) => sha256)).size, proxy.seen.length]).toEqual([100, 1, 1]);
    },
  },
  {
    title: 'a token is kept; the order of its scopes does not matter, the scopes do',
    async play({ driver, provider, proxy }) {
      const both = tokenOf(await driver.send('getToken', { provider, scope: 'api:write api:read' }));
      const same = tokenOf(await driver.send('getToken', { provider, scope: 'api:read api:write api:read' }));
      expect([same.sha256, proxy.seen.length]).toEqual([both.sha256, 1]);
      const other = tokenOf(await driver.send('getToken', { provider, scope: 'api:write' }));
      expect([other.sha256 === both.sha256, proxy.seen.length]).toEqual([false, 2]);
      expect(proxy.seen[1]?.form.get('scope')).toBe('api:write');
    },
  },
  {
    title: 'a longer life than the token has left is asked for',
    async play({ driver, provider, proxy }) {
      await driver.send('getToken', { provider });
      tokenOf(await driver.send('getToken', { provider, minTtlSeconds: 600 }));
      expect(proxy.seen).toHaveLength(1);
      tokenOf(await driver.send('getToken', { provider, minTtlSeconds: 7200 }));
      expect(proxy.seen.map(({ form }) => form.get('min_ttl'))).toEqual([null, '7200']);
    },
  },
  {
    title: 'a token without expires_in is handed out and not kept',
    kind: 'endless',
    async play({ driver, provider, proxy }) {
      expect(tokensOf(await driver.send('getToken', { provider, times: 10 }))[0]).toMatchObject({ expiresAt: null });
      expect(proxy.seen).toHaveLength(1);
      tokenOf(await driver.send('getToken', { provider }));
      expect(proxy.seen).toHaveLength(2);
    },
  },
  {
    title: 'a caller that is cancelled leaves; the others get the token of the same request',
    async play({ driver, provider, proxy }) {
      const release = proxy.hold();
      const reply = driver.send('getToken', { provider, times: 3, cancelAfterMs: 100 });
      // The first has gone by the time that this one has been told of its own end.
      const late = await driver.send('getToken', { provider, timeoutMs: 1_000 });
      expect(late.results?.[0]).not.toHaveProperty('sha256');
      release();
      const [first, ...others] = (await reply).results ?? [];
      expect(first).toEqual({ cancelled: true });
      expect(others).toEqual([expect.objectContaining({ sha256: expect.any(String) }), others[0]]);
      expect(proxy.seen).toHaveLength(1);
    },
  },
  {
    title: 'child processes and threads get tokens, too',
    async play({ driver, provider }) {
      tokenOf(await driver.send('getToken', { provider }));
      const reply = await driver.send('fork', { provider });
      if (reply.skipped === undefined) expect(tokensOf(reply).length).toBeGreaterThan(0);
    },
  },
];

const refreshing: readonly Scenario[] = [
  {
    title: 'a token is renewed ahead while the service is down, and callers notice nothing',
    async play({ driver, provider, proxy }) {
      const first = tokenOf(await driver.send('getToken', { provider }));
      await driver.send('advance', { ms: 53 * minutes });
      tokenOf(await driver.send('getToken', { provider }));
      await driver.send('settle');
      expect(proxy.seen).toHaveLength(1);
      proxy.always(dropped);
      await driver.send('advance', { ms: 2 * minutes });
      const tokens = tokensOf(await driver.send('getToken', { provider, times: 50 }));
      expect(new Set(tokens.map(({ sha256 }) => sha256))).toEqual(new Set([first.sha256]));
      await driver.send('settle');
      const tries = proxy.seen.length;
      expect(tries).toBeGreaterThan(1);
      // Not again at once.
      tokenOf(await driver.send('getToken', { provider }));
      await driver.send('settle');
      expect(proxy.seen).toHaveLength(tries);
      proxy.always(undefined);
      await driver.send('advance', { ms: 31_000 });
      tokenOf(await driver.send('getToken', { provider }));
      await driver.send('settle');
      expect(proxy.seen).toHaveLength(tries + 1);
      // Well past the first one's end.
      await driver.send('advance', { ms: 10 * minutes });
      tokenOf(await driver.send('getToken', { provider }));
      expect(proxy.seen).toHaveLength(tries + 1);
    },
  },
  {
    title: '1,000 concurrent callers of a token that has expired cause one request',
    kind: 'short',
    async play({ driver, provider, proxy }) {
      await driver.send('getToken', { provider });
      await driver.send('advance', { ms: 20_000 });
      expect(tokensOf(await driver.send('getToken', { provider, times: 1_000 }))).toHaveLength(1_000);
      expect(proxy.seen).toHaveLength(2);
    },
  },
  {
    title: 'a short token is served to its end and not beyond',
    kind: 'short',
    async play({ driver, provider, proxy }) {
      const { sha256, expiresAt } = tokenOf(await driver.send('getToken', { provider }));
      // From now on: the driver may have taken seconds to start.
      const leftMs = Date.parse(expiresAt ?? '') - Date.now();
      proxy.always(refusal(503, 'temporarily_unavailable', { 'retry-after': '60' }));
      await driver.send('advance', { ms: leftMs - 2_000 });
      expect(tokenOf(await driver.send('getToken', { provider })).sha256).toBe(sha256);
      await driver.send('settle');
      await driver.send('advance', { ms: 2_000 });
      const error = errorOf(await driver.send('getToken', { provider }));
      expect(error).toMatchObject({ status: 503, error: 'temporarily_unavailable', retryAfterSeconds: 60 });
    },
  },
];

const failing: readonly Scenario[] = [
  ...[503, 429].map((status) => ({
    title: `${status}: a retry-after for which there is time is waited for, once`,
    async play({ driver, provider, proxy }: Stage) {
      proxy.next(refusal(status, 'temporarily_unavailable', { 'retry-after': '1' }));
      tokenOf(await driver.send('getToken', { provider, timeoutMs: 20_000 }));
      expect(proxy.seen).toHaveLength(2);
    },
  })),
  ...[503, 429].map((status) => ({
    title: `${status}: a retry-after for which there is no time is the caller's to keep`,
    async play({ driver, provider, proxy }: Stage) {
      proxy.always(refusal(status, 'temporarily_unavailable', { 'retry-after': '20' }));
      expect(errorOf(await driver.send('getToken', { provider, timeoutMs: 10_000 }))).toMatchObject({
        status,
        error: 'temporarily_unavailable',
        description: 'This is temporarily_unavailable.',
        requestId: 'request-of-the-proxy',
        retryAfterSeconds: 20,
      });
      expect(proxy.seen).toHaveLength(1);
    },
  })),
  {
    title: 'a retry-after is waited for once only',
    async play({ driver, provider, proxy }) {
      proxy.always(refusal(503, 'temporarily_unavailable', { 'retry-after': '1' }));
      expect(errorOf(await driver.send('getToken', { provider }))).toMatchObject({ status: 503, retryAfterSeconds: 1 });
      expect(proxy.seen).toHaveLength(2);
    },
  },
  {
    title: 'a network error or a 5xx is tried again once',
    async play({ driver, provider, proxy }) {
      proxy.next(dropped);
      tokenOf(await driver.send('getToken', { provider }));
      expect(proxy.seen).toHaveLength(2);
      proxy.next(refusal(504, 'provider_timeout'));
      tokenOf(await driver.send('getToken', { provider, scope: 'api:write' }));
      expect(proxy.seen).toHaveLength(4);
      proxy.always(refusal(500, 'server_error'));
      const error = errorOf(await driver.send('getToken', { provider, scope: 'api:read api:write' }));
      expect(error).toMatchObject({ status: 500, error: 'server_error', retryAfterSeconds: null });
      expect(proxy.seen).toHaveLength(6);
    },
  },
  {
    title: 'a service that cannot be reached is an error without a status',
    async play({ driver, provider, proxy }) {
      proxy.always(dropped);
      expect(errorOf(await driver.send('getToken', { provider }))).toMatchObject({ status: null, requestId: null });
      expect(proxy.seen).toHaveLength(2);
    },
  },
  {
    title: 'a failure is not kept: the next caller gets a token',
    async play({ driver, provider, proxy }) {
      proxy.always(dropped);
      expect(errorsOf(await driver.send('getToken', { provider, times: 20 }))).toHaveLength(20);
      expect(proxy.seen).toHaveLength(2);
      proxy.always(undefined);
      tokenOf(await driver.send('getToken', { provider }));
    },
  },
  {
    title: 'a caller leaves at its own deadline',
    async play({ driver, provider, proxy }) {
      const release = proxy.hold();
      const reply = await driver.send('getToken', { provider, timeoutMs: 300 });
      expect(reply.results?.[0]).not.toHaveProperty('sha256');
      release();
    },
  },
  {
    title: 'refused client credentials are not tried again',
    kind: 'refusing',
    async play({ driver, provider, proxy }) {
      const error = errorOf(await driver.send('getToken', { provider }));
      expect(error).toMatchObject({ status: 502, error: 'provider_rejected_credentials' });
      expect(proxy.seen).toHaveLength(1);
    },
  },
  {
    title: 'a provider that does not exist is 404 unknown_provider, and not tried again',
    async play({ driver, proxy }) {
      const error = errorOf(await driver.send('getToken', { provider: 'nobody' }));
      expect(error).toMatchObject({ status: 404, error: 'unknown_provider', requestId: expect.any(String) });
      expect(error.description).not.toBe('');
      expect(proxy.seen).toHaveLength(1);
    },
  },
  {
    title: 'a scope that is not allowed is 400 invalid_scope, and not tried again',
    async play({ driver, provider, proxy }) {
      const error = errorOf(await driver.send('getToken', { provider, scope: 'api:admin' }));
      expect(error).toMatchObject({ status: 400, error: 'invalid_scope' });
      expect(proxy.seen).toHaveLength(1);
    },
  },
  {
    title: 'somebody whom IAM does not allow is told so, and not tried again',
    async play({ startDriver, intruder, provider, proxy }) {
      const error = errorOf(await startDriver(intruder).send('getToken', { provider }));
      expect(error).toMatchObject({ status: 403, requestId: expect.any(String) });
      expect(error.description).toMatch(/\w/);
      expect(proxy.seen).toHaveLength(1);
    },
  },
  {
    title: "API Gateway's message is the description where there is nothing better",
    async play({ driver, provider, proxy }) {
      proxy.always(answered(403, { message: 'User: somebody is not authorized.' }));
      const error = errorOf(await driver.send('getToken', { provider }));
      expect(error).toMatchObject({ status: 403, description: 'User: somebody is not authorized.' });
    },
  },
  {
    title: 'an HTTP API names a request in a header of its own, and says no more than Forbidden',
    async play({ driver, provider, proxy }) {
      proxy.always(httpApiRefusal(403, 'Forbidden'));
      const error = errorOf(await driver.send('getToken', { provider }));
      expect(error).toMatchObject({ status: 403, description: 'Forbidden', requestId: 'request-of-the-http-api' });
    },
  },
];

const elsewhere: readonly Scenario[] = [
  {
    title: 'a wrong endpoint is an error, whatever is there',
    async play({ driver, provider, proxy }) {
      proxy.always(answered(404, '<html>Not here</html>', { 'content-type': 'text/html' }));
      expect(errorOf(await driver.send('getToken', { provider }))).toMatchObject({ status: 404 });
      proxy.always(answered(200, '<html>Welcome</html>', { 'content-type': 'text/html' }));
      errorOf(await driver.send('getToken', { provider }));
      proxy.always(answered(200, { message: 'Welcome' }));
      errorOf(await driver.send('getToken', { provider }));
    },
  },
  {
    title: 'the stage left out of the endpoint is an error, not a token',
    async play({ startDriver, provider, proxy }) {
      const driver = startDriver({
        TOKEN_VENDING_ENDPOINT: new URL(proxy.endpoint).origin,
        AWS_ACCESS_KEY_ID: 'AKIAANY',
        AWS_SECRET_ACCESS_KEY: 'any',
      });
      expect(errorOf(await driver.send('getToken', { provider }))).toMatchObject({ status: 403 });
    },
  },
  {
    title: 'an endpoint that redirects is not followed',
    async play({ driver, provider, proxy, startApi }) {
      const other = await startApi();
      proxy.always(answered(307, '', { location: `${other.url}/tokens` }));
      errorOf(await driver.send('getToken', { provider }));
      expect(other.requests).toEqual([]);
    },
  },
  {
    title: 'an endpoint without TLS is refused, loopback excepted',
    async play({ driver, provider, proxy }) {
      const created = await driver.send('new', { endpoint: 'http://vending.example.com/v1', region: 'us-east-1' });
      const isRefused = created.failed !== undefined || created.results?.some((result) => 'error' in result) === true;
      if (!isRefused) errorOf(await driver.send('getToken', { provider }));
      expect(proxy.seen).toEqual([]);
    },
  },
  ...[6, -6].map((skew) => ({
    title: `a clock that is ${skew} minutes off is noticed once`,
    async play({ driver, provider, proxy }: Stage) {
      await driver.send('new', { wallOffsetMs: skew * minutes });
      tokenOf(await driver.send('getToken', { provider }));
      expect(proxy.seen).toHaveLength(2);
      tokenOf(await driver.send('getToken', { provider, scope: 'api:write' }));
      expect(proxy.seen).toHaveLength(3);
    },
  })),
];

const callingApis: readonly Scenario[] = [
  {
    title: 'requests carry the token',
    async play({ driver, provider, startApi }) {
      const api = await startApi();
      const { sha256 } = tokenOf(await driver.send('getToken', { provider }));
      const answer = answerOf(
        await driver.send('request', { provider, url: `${api.url}/a?b=c`, method: 'POST', body: 'text' }),
      );
      expect(answer).toMatchObject({ status: 200, body: 'text' });
      expect(api.requests).toMatchObject([{ method: 'POST', path: '/a?b=c', fingerprint: sha256 }]);
    },
  },
  {
    title: 'a token that the API refuses from now on is reported once for all, and each request is sent once more',
    async play({ driver, provider, proxy, startApi }) {
      const api = await startApi();
      const request = { provider, url: `${api.url}/`, method: 'POST', body: 'a body' };
      expect(answerOf(await driver.send('request', request)).status).toBe(200);
      const refused = api.requests[0]?.fingerprint ?? '';
      api.revoke(refused);
      const answers = answersOf(await driver.send('request', { ...request, times: 20 }));
      expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 a body']));
      expect(proxy.reports).toEqual([refused]);
      // Twice at most each.
      expect(api.requests.length).toBeLessThanOrEqual(41);
    },
  },
  {
    title: 'a refused token that others have reported already is replaced by the one held',
    async play({ driver, provider, proxy, startApi, vendToOthers }) {
      const api = await startApi();
      const { sha256 } = tokenOf(await driver.send('getToken', { provider }));
      const response = await vendToOthers(`rejected_token_sha256=${sha256}`);
      const { access_token } = (await response.json()) as { access_token: string };
      const held = createHash('sha256').update(access_token).digest('hex');
      api.revoke(sha256);
      expect(answerOf(await driver.send('request', { provider, url: api.url })).status).toBe(200);
      expect([api.requests.map(({ fingerprint }) => fingerprint), proxy.reports]).toEqual([[sha256, held], [sha256]]);
    },
  },
  {
    title: "where the service keeps the token, the 401 is the caller's",
    async play({ driver, provider, proxy, startApi }) {
      const api = await startApi();
      api.revokeAll();
      expect(answerOf(await driver.send('request', { provider, url: api.url })).status).toBe(401);
      expect([api.requests.length, proxy.reports.length]).toEqual([2, 1]);
      // Within ten seconds of a report that was heeded.
      expect(answerOf(await driver.send('request', { provider, url: api.url })).status).toBe(401);
      expect([api.requests.length, proxy.reports.length]).toEqual([3, 2]);
    },
  },
  {
    title: "where the report fails, the 401 is the caller's",
    async play({ driver, provider, proxy, startApi }) {
      const api = await startApi();
      tokenOf(await driver.send('getToken', { provider }));
      proxy.always(refusal(502, 'provider_rejected_credentials'));
      api.revokeAll();
      expect(answerOf(await driver.send('request', { provider, url: api.url })).status).toBe(401);
      expect([api.requests.length, proxy.reports.length]).toEqual([1, 1]);
    },
  },
  {
    title: 'a body that can be read once is sent once',
    async play({ driver, provider, startApi }) {
      const api = await startApi();
      const request = { provider, url: `${api.url}/`, method: 'POST', body: 'a stream', oneShotBody: true };
      expect(answerOf(await driver.send('request', request))).toMatchObject({ status: 200, body: 'a stream' });
      api.revokeAll();
      expect(answerOf(await driver.send('request', request)).status).toBe(401);
      expect(api.requests.map(({ body }) => body)).toEqual(['a stream', 'a stream']);
    },
  },
  {
    title: 'a token follows no redirect to another host, and a 401 from there is not reported',
    async play({ driver, provider, proxy, startApi }) {
      const [api, other] = await Promise.all([startApi(), startApi()]);
      const there = other.url.replace('127.0.0.1', 'localhost');
      const answer = answerOf(
        await driver.send('request', { provider, url: `${api.url}/?to=${encodeURIComponent(there)}` }),
      );
      expect([302, 401]).toContain(answer.status);
      expect(other.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
      expect(proxy.reports).toEqual([]);
    },
  },
  {
    title: 'requests without a token fail with the reason and never reach the API',
    async play({ driver, startApi }) {
      const api = await startApi();
      const error = errorOf(await driver.send('request', { provider: 'nobody', url: api.url }));
      expect([error.status, error.error, api.requests.length]).toEqual([404, 'unknown_provider', 0]);
    },
  },
];

const signing: readonly Scenario[] = [
  {
    title: 'the signing layer signs what an OAuth client asks of the service',
    async play({ driver, provider, proxy }) {
      const answer = answerOf(
        await driver.send('sign', {
          url: `${proxy.endpoint}/tokens/${provider}`,
          method: 'POST',
          body: 'grant_type=client_credentials&client_id=unused&client_secret=unused',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      );
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { token_type: 'Bearer' }]);
    },
  },
  {
    title: 'the signing layer signs nothing else',
    async play({ driver, startApi }) {
      const api = await startApi();
      await driver.send('sign', { url: `${api.url}/v1/tokens/prove`, method: 'POST', body: 'a=b' });
      const signed = api.requests.filter(
        ({ headers }) => /AWS4/.test(headers.authorization ?? '') || 'x-amz-date' in headers,
      );
      expect(signed).toEqual([]);
    },
  },
];

const secrecy: readonly Scenario[] = [
  {
    title: 'nothing that a client prints of itself, its tokens and its errors shows a token',
    async play({ driver, provider, proxy }) {
      tokenOf(await driver.send('getToken', { provider }));
      // A server that repeats what it was sent, in an answer that is cut off.
      proxy.always((response, { headers }) => {
        const repeated = JSON.stringify({ access_token: 'canary-of-a-broken-answer', headers }).slice(0, -1);
        response.writeHead(200, { 'content-type': 'application/json' }).end(repeated);
      });
      errorOf(await driver.send('getToken', { provider, scope: 'api:write' }));
      const { text = '' } = await driver.send('inspect');
      expect(text).not.toBe('');
      expect(text).not.toContain('canary');
    },
  },
  {
    title: 'an error does not repeat the session token that API Gateway explains a wrong signature with',
    async play({ driver, provider, proxy }) {
      proxy.always((response, { headers }) => {
        const canonical = `x-amz-security-token:${headers['x-amz-security-token']}`;
        const message = `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'POST\n/v1/tokens/any\n\n${canonical}\n'`;
        response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
      });
      const error = errorOf(await driver.send('getToken', { provider }));
      expect(error.description).toMatch(/^The request signature we calculated does not match/);
    },
  },
];

export const scenarios: readonly Scenario[] = [
  ...gettingTokens,
  ...refreshing,
  ...failing,
  ...elsewhere,
  ...callingApis,
  ...signing,
  ...secrecy,
];
