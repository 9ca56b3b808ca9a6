import { describe, expect, test } from '@jest/globals';
import { buildHealthEvent, buildVendEvent } from '../../../support/rest-event.ts';
import { answerJson, answerToken, type Script } from '../../../support/scripted-provider.ts';
import { type Answer, clientCredentials, startVendingFunction } from '../../../support/vending-function.ts';
import { provider, useVending, vending } from '../../../support/vending-setup.ts';

useVending();

/** The status and the error, after what every error answer has in common is checked. */
function refusal({ status, headers, body }: Answer): [number, string] {
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    pragma: 'no-cache',
  });
  expect(Object.keys(body)).toEqual(['error', 'error_description']);
  return [status, body.error];
}

const answerText =
  (status: number, text: string, headers: Record<string, string> = {}): Script =>
  (response) => {
    response.writeHead(status, headers).end(text);
  };

describe('what a caller asks for', () => {
  test('a provider that does not exist is 404 unknown_provider', async () => {
    for (const name of ['nobody', 'PROVE', 'pro%76e', '..', '__proto__', 'constructor', 'prove/', '']) {
      expect(refusal(await vending.handle(buildVendEvent(name)))).toEqual([404, 'unknown_provider']);
    }
    expect(provider.requests).toHaveLength(0);
  });

  test('another method is 405 method_not_allowed and names the right one', async () => {
    const answer = await vending.handle(buildVendEvent('prove', '', { httpMethod: 'GET' }));
    expect(refusal(answer)).toEqual([405, 'method_not_allowed']);
    expect(answer.headers['allow']).toBe('POST');
  });

  test.each([
    ['grant_type=password', 400, 'unsupported_grant_type'],
    ['scope=admin', 400, 'invalid_scope'],
    ['min_ttl=-1', 400, 'invalid_request'],
    ['min_ttl=1&min_ttl=2', 400, 'invalid_request'],
  ])('%s is %d %s', async (form, status, error) => {
    expect(refusal(await vending.vend(form))).toEqual([status, error]);
  });

  test.each(['grant_type', 'scope', 'min_ttl', 'rejected_token_sha256', 'client_secret'])(
    'a field %s in the query string is 400 invalid_request, and no exchange',
    async (name) => {
      const queryStringParameters = { [name]: 'canary' };
      const answer = await vending.handle(buildVendEvent('prove', '', { queryStringParameters }));
      expect(refusal(answer)).toEqual([400, 'invalid_request']);
      expect([provider.requests.length, vending.logLines.join().includes('canary')]).toEqual([0, false]);
    },
  );

  test('an unknown field in the query string is ignored', async () => {
    const event = buildVendEvent('prove', '', { queryStringParameters: { trace: '1' } });
    expect((await vending.handle(event)).status).toBe(200);
  });

  test('a body over 8 KiB is 413 invalid_request', async () => {
    expect(refusal(await vending.vend('x'.repeat(8193)))).toEqual([413, 'invalid_request']);
  });

  test('a body that is no form is 415 invalid_request', async () => {
    const event = buildVendEvent('prove', '{}', { headers: { 'content-type': 'application/json' } });
    expect(refusal(await vending.handle(event))).toEqual([415, 'invalid_request']);
  });

  test('health answers the version and touches neither secret nor provider', async () => {
    const { status, headers, body } = await vending.handle(buildHealthEvent());
    expect([status, headers['cache-control'], body]).toEqual([200, 'no-store', { status: 'ok', version: '1.2.3' }]);
    expect([provider.requests.length, vending.secretReads(), vending.logLines.length]).toEqual([0, 0, 0]);
  });
});

describe('what the provider answers', () => {
  test.each<[string, Script]>([
    ['HTML', answerText(200, '<html>', { 'content-type': 'text/html' })],
    ['HTML labelled as JSON', answerText(200, '<html>', { 'content-type': 'application/json' })],
    ['nothing', answerText(200, '')],
    ['half of a token', answerText(200, '{"access_token":"abc')],
    ['a list', answerJson(200, ['token'])],
    ['an error with status 200', answerJson(200, { error: 'invalid_scope' })],
    ['a redirect', answerText(307, '', { location: 'http://127.0.0.1:1/' })],
    ['404', answerJson(404, { message: 'no' })],
    ['403', answerJson(403, { message: 'Forbidden' })],
    ['too much', answerText(200, `{"access_token":"${'x'.repeat(65 * 1024)}"}`)],
    ['gzip', answerText(200, 'x', { 'content-encoding': 'gzip' })],
    ['no access_token', answerJson(200, { token_type: 'Bearer', expires_in: 3600 })],
    ['an empty access_token', answerJson(200, { access_token: '' })],
    ['an access_token with a line break', answerJson(200, { access_token: 'a\r\nb' })],
    ['an access_token that is a number', answerJson(200, { access_token: 1 })],
    ['another token_type', answerToken({ token_type: 'MAC', expires_in: 3600 })],
    ['expires_in 0', answerToken({ expires_in: 0 })],
    ['a negative expires_in', answerToken({ expires_in: -5 })],
    ['expires_in that is no number', answerToken({ expires_in: 'soon' })],
    ['expires_in NaN', answerToken({ expires_in: 'NaN' })],
    ['scope that is no text', answerToken({ expires_in: 3600, scope: ['a'] })],
  ])('%s is 502 provider_error and never cached', async (_what, script) => {
    provider.answerWith(script);
    expect(refusal(await vending.vend())).toEqual([502, 'provider_error']);
    expect(provider.requests).toHaveLength(1);
    provider.answerWith(answerToken());
    vending.clock.advanceSeconds(1);
    expect((await vending.vend()).headers['x-token-source']).toBe('exchange');
  });

  test.each<[string, Script, string]>([
    ['500 without Retry-After', answerJson(500, {}), '1'],
    ['503 with seconds', answerJson(503, {}, { 'retry-after': '7' }), '7'],
    [
      "429 with a date, by the provider's own clock",
      answerJson(429, {}, { date: 'Fri, 01 Jan 2027 00:00:00 GMT', 'retry-after': 'Fri, 01 Jan 2027 00:00:20 GMT' }),
      '20',
    ],
    ['429 with an absurd wait', answerJson(429, {}, { 'retry-after': '999999' }), '300'],
    ['429 with nonsense', answerJson(429, {}, { 'retry-after': '-3' }), '1'],
    ['408', answerJson(408, {}), '1'],
  ])('%s is 503 temporarily_unavailable', async (_what, script, retryAfter) => {
    provider.answerWith(script);
    const answer = await vending.vend();
    expect(refusal(answer)).toEqual([503, 'temporarily_unavailable']);
    expect(answer.headers['retry-after']).toBe(retryAfter);
  });

  test('Retry-After is kept to: no exchange before then, and callers are told what is left of it', async () => {
    provider.answerWith(answerJson(429, {}, { 'retry-after': '20' }));
    await vending.vend();
    vending.clock.advanceSeconds(12.5);
    const answer = await vending.vend();
    expect([answer.status, answer.headers['retry-after'], provider.requests.length]).toEqual([503, '8', 1]);
    provider.answerWith(answerToken());
    vending.clock.advanceSeconds(7.5);
    expect((await vending.vend()).status).toBe(200);
  });

  test('a Retry-After of a second is waited out, again and again, and the caller gets a token', async () => {
    const arrivedAtMs: number[] = [];
    provider.answerWith((response, request, count) => {
      arrivedAtMs.push(vending.clock.now());
      const script = count < 8 ? answerJson(429, {}, { 'retry-after': '1' }) : answerToken();
      return script(response, request, count);
    });
    const answer = await vending.vend();
    expect([answer.status, answer.headers['x-token-source']]).toEqual([200, 'exchange']);
    const waitsMs = arrivedAtMs.slice(1).map((atMs, index) => atMs - (arrivedAtMs[index] ?? 0));
    expect(waitsMs.every((ms) => ms >= 1_000 && ms < 2_000)).toBe(true);
  });

  test('it is not waited out past the deadline: 503, and what is left of it', async () => {
    provider.answerWith(answerJson(429, {}, { 'retry-after': '1' }));
    const startedAtMs = vending.clock.now();
    const answer = await vending.vend();
    expect(refusal(answer)).toEqual([503, 'temporarily_unavailable']);
    expect(answer.headers['retry-after']).toBe('1');
    expect(vending.clock.now() - startedAtMs).toBeLessThanOrEqual(14_500);
    expect(provider.requests.length).toBeGreaterThan(5);
  });

  test('who holds a valid token does not wait for it', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(3300);
    provider.answerWith(answerJson(429, {}, { 'retry-after': '1' }));
    const dueAtMs = vending.clock.now();
    expect((await vending.vend()).headers['x-token-source']).toBe('memory-stale');
    expect(vending.clock.now()).toBe(dueAtMs);
    vending.clock.advanceSeconds(295);
    expect((await vending.vend()).headers['x-token-source']).toBe('memory-stale');
    expect(provider.requests).toHaveLength(3);
  });

  test('no answer within the time left is 504 provider_timeout', async () => {
    provider.answerWith(() => {});
    const answer = await vending.handle(buildVendEvent('prove'), 600);
    expect(refusal(answer)).toEqual([504, 'provider_timeout']);
  });

  test('no time left at all is 504 provider_timeout without a request', async () => {
    const answer = await vending.handle(buildVendEvent('prove'), 400);
    expect(refusal(answer)).toEqual([504, 'provider_timeout']);
    expect(provider.requests).toHaveLength(0);
  });

  test('nobody listening is 503 temporarily_unavailable', async () => {
    await provider.close();
    expect(refusal(await vending.vend())).toEqual([503, 'temporarily_unavailable']);
    expect(vending.lastLog()).toMatchObject({ reason: 'connection_failed', networkCode: 'ECONNREFUSED' });
  });

  test('a reset connection is 503 temporarily_unavailable', async () => {
    provider.answerWith((response) => {
      response.destroy();
    });
    expect(refusal(await vending.vend())).toEqual([503, 'temporarily_unavailable']);
  });

  test('a kept connection that the provider has closed meanwhile is opened anew', async () => {
    await vending.vend();
    provider.answerWith((response, request, count) => {
      if (count === 2) response.destroy();
      else answerToken()(response, request, count);
    });
    vending.clock.advanceSeconds(3600);
    expect((await vending.vend()).body.access_token).toBe('token-3');
  });
});

describe('refused credentials', () => {
  const refuse = answerJson(401, { code: 8002, message: 'unauthorized request' });
  /** Accepts only this client secret. */
  const accept =
    (secret: string): Script =>
    (response, request, count) =>
      (request.body.includes(secret) ? answerToken() : refuse)(response, request, count);

  test('are 502 provider_rejected_credentials after the secret was read afresh, and its other versions looked for', async () => {
    provider.answerWith(refuse);
    expect(refusal(await vending.vend())).toEqual([502, 'provider_rejected_credentials']);
    expect([provider.requests.length, vending.secretReads()]).toEqual([1, 3]);
  });

  test('are answered without a request while the refused version is remembered, for 30 s', async () => {
    provider.answerWith(refuse);
    await vending.vend();
    vending.clock.advanceSeconds(29);
    expect(refusal(await vending.vend())).toEqual([502, 'provider_rejected_credentials']);
    expect(provider.requests).toHaveLength(1);
    vending.clock.advanceSeconds(1);
    await vending.vend();
    expect(provider.requests).toHaveLength(2);
  });

  test('are replaced by a new version of the secret when the refusal is forgotten', async () => {
    provider.answerWith(accept('the-new-one'));
    expect((await vending.vend()).status).toBe(502);
    await vending.putSecret(JSON.stringify({ ...clientCredentials, client_secret: 'the-new-one' }));
    vending.clock.advanceSeconds(30);
    expect((await vending.vend()).status).toBe(200);
    expect(provider.requests).toHaveLength(3);
  });

  test('cost no failed vend when the secret has changed before the provider refuses the old one', async () => {
    provider.answerWith(accept(clientCredentials.client_secret));
    await vending.vend();
    await vending.putSecret(JSON.stringify({ clientId: 'the-client', clientSecret: 'the-new-one' }));
    provider.answerWith(accept('the-new-one'));
    vending.clock.advanceSeconds(3600);
    // Within the five minutes of the second read the third change is seen only because the second is refused.
    expect((await vending.vend()).status).toBe(200);
    await vending.putSecret(JSON.stringify({ ...clientCredentials, client_secret: 'the-newest' }));
    provider.answerWith(accept('the-newest'));
    vending.clock.advanceSeconds(31);
    const { fingerprint } = JSON.parse(vending.logLines.at(-1) ?? '');
    const answer = await vending.vend(`rejected_token_sha256=${fingerprint}`);
    expect([answer.status, answer.headers['x-token-source']]).toEqual([200, 'exchange']);
  });
});

describe('the secret', () => {
  test.each([
    ['{"client_id":"the-client"}', 'secret_field_missing', 'client_secret'],
    ['{}', 'secret_field_missing', 'client_id, client_secret'],
    ['{"client_id":"","client_secret":""}', 'secret_not_filled_in', 'client_id, client_secret'],
    ['{"client_id":"","client_secret":7}', 'secret_field_missing', 'client_id, client_secret'],
    ['canary-not-json', 'secret_not_json', 'SecretString'],
    ['["canary"]', 'secret_not_an_object', 'SecretString'],
  ])('%s is 500 server_error, and the log names the secret and the field', async (secret, reason, missingField) => {
    await vending.putSecret(secret);
    expect(refusal(await vending.vend())).toEqual([500, 'server_error']);
    expect(vending.lastLog()).toMatchObject({ reason, missingField, secretId: 'token-vending/test/prove' });
    expect(vending.logLines.join()).not.toContain('canary');
  });

  test('that does not exist is 500 server_error', async () => {
    const lost = await startVendingFunction(provider.tokenUrl, { dialect: 'prove', secretId: 'nowhere' });
    expect(refusal(await lost.vend())).toEqual([500, 'server_error']);
    expect(lost.lastLog()).toMatchObject({ reason: 'secret_not_found', secretId: 'nowhere' });
    await lost.close();
  });

  test('is read again once it is five minutes old and an exchange needs it', async () => {
    provider.answerWith(answerToken({ expires_in: 100 }));
    await vending.vend();
    vending.clock.advanceSeconds(299);
    await vending.vend();
    expect(vending.secretReads()).toBe(1);
    vending.clock.advanceSeconds(100);
    await vending.vend();
    expect(vending.secretReads()).toBe(2);
  });

  test('serves as it last was when Secrets Manager no longer gives it out', async () => {
    await vending.vend();
    await vending.putSecret('canary: broken');
    vending.clock.advanceSeconds(3600);
    expect((await vending.vend()).status).toBe(200);
    expect(vending.logLines.map((line) => JSON.parse(line).message)).toEqual([
      'credentials-read',
      'exchange',
      'vend',
      'secret-stale',
      'exchange',
      'vend',
    ]);
  });
});

test('an error of our own is 500 server_error, and the log quotes nothing of its message', async () => {
  const event = buildVendEvent('prove');
  Object.defineProperty(event, 'body', {
    get: () => {
      throw new TypeError('canary: something about a secret');
    },
  });
  expect(refusal(await vending.handle(event))).toEqual([500, 'server_error']);
  expect(vending.lastLog()).toMatchObject({ level: 'error', reason: 'unexpected', errorName: 'TypeError' });
  expect(vending.logLines.join()).not.toContain('canary');
});
