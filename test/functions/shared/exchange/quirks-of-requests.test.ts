import { describe, expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import type { ProviderSettings } from '../../../../functions/shared/settings/provider-settings.ts';
import { asPem, ecKeys } from '../../../support/key-pairs.ts';
import { answerJson, answerToken } from '../../../support/scripted-provider.ts';
import { clientCredentials } from '../../../support/vending-function.ts';
import { provider, startVending, useProvider } from '../../../support/vending-setup.ts';

// What real providers do beyond RFC 6749, each over real sockets.

useProvider();

/** One vend with these settings, and the request that the provider received. */
async function requestWith(settings: Partial<ProviderSettings>) {
  expect((await (await startVending(settings)).vend()).status).toBe(200);
  const { headers = {}, body = '' } = provider.requests[0] ?? {};
  return { headers, form: Object.fromEntries(new URLSearchParams(body)), body };
}

describe('a provider for which', () => {
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

  test('credentials go only into a Basic header, with another fixed header (UPS)', async () => {
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

  test('any content type except a form is 415 (Proof)', async () => {
    provider.answerWith((response, request, count) => {
      const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
      return (isForm ? answerToken() : answerJson(415, {}))(response, request, count);
    });
    expect((await (await startVending({})).vend()).status).toBe(200);
  });

  test('Basic credentials are form-encoded (Keycloak, Salesforce) or unencoded (Domino, PipesHub)', async () => {
    const secret = { client_id: 'a b', client_secret: 'c%+&:=~/' };
    for (const [basicEncoding, sent] of [
      ['form', 'a+b:c%25%2B%26%3A%3D%7E%2F'],
      ['raw', 'a b:c%+&:=~/'],
    ] as const) {
      const started = await startVending({ clientAuth: 'client_secret_basic', basicEncoding });
      await started.putSecret(JSON.stringify(secret));
      await started.vend();
      const [, encoded = ''] = provider.requests.at(-1)?.headers.authorization?.split(' ') ?? [];
      expect(Buffer.from(encoded, 'base64').toString()).toBe(sent);
      await started.close();
    }
  });

  test('the client has a key and no secret (Okta service apps), and a retry has its own assertion', async () => {
    provider.answerWith((response, request, count) =>
      (count === 1 ? answerJson(503, {}) : answerToken())(response, request, count),
    );
    const started = await startVending({ clientAuth: 'private_key_jwt' });
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
