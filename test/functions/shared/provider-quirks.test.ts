import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import type { ProviderSettings } from '../../../functions/shared/provider-settings.ts';
import { asPem, ecKeys } from '../../support/key-pairs.ts';
import {
  answerJson,
  answerToken,
  type Script,
  type ScriptedProvider,
  startScriptedProvider,
} from '../../support/scripted-provider.ts';
import { clientCredentials, startVendingFunction, type VendingFunction } from '../../support/vending-function.ts';

// What real providers do that RFC 6749 does not say, each over real sockets. Where an RFC's error is the point, see
// provider-errors.test.ts.

let provider: ScriptedProvider;
let vending: VendingFunction | undefined;

beforeEach(async () => {
  provider = await startScriptedProvider();
});

afterEach(async () => {
  await vending?.close();
  await provider.close();
});

async function start(settings: Partial<ProviderSettings> = {}): Promise<VendingFunction> {
  vending = await startVendingFunction(provider.tokenUrl, settings);
  return vending;
}

/** One vend with these settings from a provider that answers this. */
async function vendFrom(script: Script, settings?: Partial<ProviderSettings>) {
  provider.answerWith(script);
  return (await start(settings)).vend();
}

/** One vend with these settings, and the request that the provider got. */
async function requestWith(settings: Partial<ProviderSettings>) {
  expect((await (await start(settings)).vend()).status).toBe(200);
  const { headers = {}, body = '' } = provider.requests[0] ?? {};
  return { headers, form: Object.fromEntries(new URLSearchParams(body)), body };
}

const answerText =
  (status: number, text: string, contentType: string): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': contentType }).end(text);
  };

describe('in the answer', () => {
  test('expires_in is a string (UPS, Azure AD v1, PayPal)', async () => {
    const { body } = await vendFrom(answerToken({ token_type: 'Bearer', expires_in: '14399' }));
    expect(body.expires_in).toBe(14399);
  });

  test('expires_in is missing (Salesforce): the token is answered and not kept, unless the settings say how long', async () => {
    const { body } = await vendFrom(answerToken({ token_type: 'Bearer' }));
    expect(body).toEqual({ access_token: 'token-1', token_type: 'Bearer' });
    expect((await vending?.vend())?.body.access_token).toBe('token-2');
    await vending?.close();
    const kept = await start({ defaultLifetimeSeconds: 900 });
    expect([(await kept.vend()).body.expires_in, (await kept.vend()).body.access_token]).toEqual([900, 'token-3']);
  });

  test('token_type is bearer (IBM Verify) or missing (WeChat)', async () => {
    expect((await vendFrom(answerToken({ token_type: 'bearer', expires_in: 60 }))).body.token_type).toBe('Bearer');
    await vending?.close();
    expect((await vendFrom(answerToken({ expires_in: 60 }))).body.token_type).toBe('Bearer');
  });

  test('success is 201 (CrowdStrike)', async () => {
    const token = { access_token: 'token', token_type: 'bearer', expires_in: 1799 };
    expect(await vendFrom(answerJson(201, token))).toMatchObject({ status: 200, body: { expires_in: 1799 } });
  });

  test('an error has status 200 (GitHub)', async () => {
    const error = { error: 'bad_verification_code', error_description: 'canary', access_token: 'canary' };
    expect(await vendFrom(answerJson(200, error))).toMatchObject({ status: 502, body: { error: 'provider_error' } });
    expect(vending?.lastLog()).toMatchObject({ reason: 'request_refused', providerStatus: 200 });
    expect(vending?.logLines.join()).not.toContain('canary');
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain; charset=utf-8'])(
    'a token is a form, as %s (what golang/oauth2 reads)',
    async (contentType) => {
      const form = 'access_token=a%2Bb&scope=x+y&expires_in=3600&token_type=bearer';
      const { body } = await vendFrom(answerText(200, form, contentType));
      expect(body).toEqual({ access_token: 'a+b', token_type: 'Bearer', expires_in: 3600, scope: 'x y' });
    },
  );

  test('JSON is labelled as something else', async () => {
    const { body } = await vendFrom(answerText(200, '{"access_token":"a","expires_in":60}', 'text/plain'));
    expect(body.access_token).toBe('a');
  });

  test.each([
    ['a form labelled as JSON', 'access_token=a&expires_in=60', 'application/json', 'not_a_json_object'],
    ['a form with a field twice', 'access_token=a&access_token=b', 'text/plain', 'not_a_json_object'],
    ['HTML labelled as JSON (n8n, Mattermost)', '<html>', 'application/json', 'not_a_json_object'],
    ['HTML labelled as text', '<html lang="en">', 'text/plain', 'access_token_missing'],
  ])('%s is no token', async (_what, text, contentType, reason) => {
    expect((await vendFrom(answerText(200, text, contentType))).body.error).toBe('provider_error');
    expect(vending?.lastLog()).toMatchObject({ reason });
  });

  test.each([301, 302, 303, 307, 308])(
    'a redirect (%i) is not followed, and the secret goes nowhere',
    async (status) => {
      const elsewhere = await startScriptedProvider();
      const answer = await vendFrom((response) => {
        response.writeHead(status, { location: elsewhere.tokenUrl }).end();
      });
      expect([answer.body.error, elsewhere.requests.length]).toEqual(['provider_error', 0]);
      await elsewhere.close();
    },
  );

  test('scope is narrower than asked for: passed on as it is', async () => {
    const settings = { scopes: { default: ['a', 'b'], allowed: ['a', 'b'] } };
    expect((await vendFrom(answerToken({ expires_in: 60, scope: 'a' }), settings)).body.scope).toBe('a');
  });

  test('the token is the same one again until it ends (wso2): min_ttl gets what there is, and asks once in 30 s', async () => {
    const endsAtMs = Date.UTC(2026, 0, 1, 0, 1);
    const same: Script = (response, request, count) => {
      const expiresIn = Math.round((endsAtMs - (vending?.clock.now() ?? 0)) / 1000);
      return answerJson(200, { access_token: 'same', expires_in: expiresIn })(response, request, count);
    };
    const { body } = await vendFrom(same);
    expect(body.expires_in).toBe(60);
    for (const [seconds, left, requests] of [
      [20, 40, 2],
      [20, 20, 2],
      [12, 8, 3],
    ] as const) {
      vending?.clock.advanceSeconds(seconds);
      const answer = await vending?.vend('min_ttl=50');
      expect([answer?.body.expires_in, provider.requests.length]).toEqual([left, requests]);
    }
  });
});

describe('in the request', () => {
  test('audience is required and the body is JSON (Auth0)', async () => {
    const { headers, body } = await requestWith({
      requestFormat: 'json',
      parameters: { audience: 'https://api.example.com/' },
    });
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      ...clientCredentials,
      grant_type: 'client_credentials',
      audience: 'https://api.example.com/',
    });
  });

  test('resource is required (Azure AD v1)', async () => {
    const { form } = await requestWith({ parameters: { resource: 'https://vault.azure.net' } });
    expect(form['resource']).toBe('https://vault.azure.net');
  });

  test('credentials go into a Basic header only, beside a fixed header (UPS)', async () => {
    const { headers, form } = await requestWith({
      clientAuth: 'client_secret_basic',
      headers: { 'x-merchant-id': 'A1B2C3' },
    });
    const { client_id, client_secret } = clientCredentials;
    expect(headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
      'x-merchant-id': 'A1B2C3',
    });
    expect(form).toEqual({ grant_type: 'client_credentials' });
  });

  test('anything but a form content type is 415 (Proof)', async () => {
    provider.answerWith((response, request, count) => {
      const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
      return (isForm ? answerToken() : answerJson(415, {}))(response, request, count);
    });
    expect((await (await start()).vend()).status).toBe(200);
  });

  test('Basic credentials are form-encoded (Keycloak, Salesforce) or as they stand (Domino, PipesHub)', async () => {
    const secret = { client_id: 'a b', client_secret: 'c%+&:=~/' };
    for (const [basicEncoding, sent] of [
      ['form', 'a+b:c%25%2B%26%3A%3D%7E%2F'],
      ['raw', 'a b:c%+&:=~/'],
    ] as const) {
      const started = await start({ clientAuth: 'client_secret_basic', basicEncoding });
      await started.putSecret(JSON.stringify(secret));
      await started.vend();
      const [, encoded = ''] = provider.requests.at(-1)?.headers.authorization?.split(' ') ?? [];
      expect(Buffer.from(encoded, 'base64').toString()).toBe(sent);
      await started.close();
    }
  });

  test('the client has a key and no secret (Okta service apps), and a retry has an assertion of its own', async () => {
    provider.answerWith((response, request, count) =>
      (count === 1 ? answerJson(503, {}) : answerToken())(response, request, count),
    );
    const started = await start({ clientAuth: 'private_key_jwt' });
    await started.putSecret(JSON.stringify({ client_id: 'a', private_key: asPem(ecKeys.privateKey), kid: 'k' }));
    expect((await started.vend()).status).toBe(200);
    const forms = provider.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    expect(forms).toHaveLength(2);
    const currentDate = new Date(started.clock.now());
    const verified = forms.map(({ client_assertion: assertion = '', ...form }) => {
      expect(form).toEqual({
        grant_type: 'client_credentials',
        client_id: 'a',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
      return jwtVerify(assertion, ecKeys.publicKey, { audience: provider.tokenUrl, issuer: 'a', currentDate });
    });
    const identifiers = (await Promise.all(verified)).map(({ payload }) => payload.jti);
    expect(new Set(identifiers).size).toBe(2);
  });
});
