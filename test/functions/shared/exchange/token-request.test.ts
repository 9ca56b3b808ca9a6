import { describe, expect, test } from '@jest/globals';
import { buildTokenRequest } from '../../../../functions/shared/exchange/token-request.ts';
import { parseProviders } from '../../../../functions/shared/settings/config.ts';
import type { Provider, ProviderSettings } from '../../../../functions/shared/settings/provider-settings.ts';

const credentials = { kind: 'secret' as const, clientId: 'id & co', clientSecret: 's%e+c/r:e~t=', versionId: 'v1' };

function createProvider(settings: Partial<ProviderSettings> = {}): Provider {
  const all = { p: { tokenUrl: 'https://api.example.com/token', secretId: 's', ...settings } };
  return parseProviders(all, 'providers').get('p') as Provider;
}

describe('buildTokenRequest', () => {
  test('posts a form with the client credentials in it (RFC 6749 §2.3.1)', () => {
    const { url, headers, body } = buildTokenRequest(createProvider(), credentials, [], 0);
    expect(url).toBe('https://api.example.com/token');
    expect(headers).toEqual({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' });
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
    });
  });

  test.each([
    ['form', 'id+%26+co:s%25e%2Bc%2Fr%3Ae%7Et%3D'],
    ['raw', 'id & co:s%e+c/r:e~t='],
  ] as const)('puts them into the Authorization header, %s-encoded', (basicEncoding, expected) => {
    const provider = createProvider({ clientAuth: 'client_secret_basic', basicEncoding });
    const { headers, body } = buildTokenRequest(provider, credentials, [], 0);
    expect(Buffer.from(String(headers['authorization']).replace('Basic ', ''), 'base64').toString()).toBe(expected);
    expect(body).toBe('grant_type=client_credentials');
  });

  test('sends scopes, fixed parameters and fixed headers', () => {
    const provider = createProvider({ parameters: { audience: 'https://api' }, headers: { 'x-merchant-id': '7' } });
    const { headers, body } = buildTokenRequest(provider, credentials, ['a', 'b'], 0);
    expect(headers['x-merchant-id']).toBe('7');
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({ audience: 'https://api', scope: 'a b' });
  });

  test('sends a configured Accept header instead of its own, however it is spelled', () => {
    const provider = createProvider({ headers: { Accept: 'application/vnd.example+json' } });
    const { headers } = buildTokenRequest(provider, credentials, [], 0);
    expect(headers).toEqual({
      accept: 'application/vnd.example+json',
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  test('sends JSON if the settings say so', () => {
    const provider = createProvider({ requestFormat: 'json', parameters: { audience: 'a' } });
    const { headers, body } = buildTokenRequest(provider, credentials, [], 0);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      audience: 'a',
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
    });
  });
});
