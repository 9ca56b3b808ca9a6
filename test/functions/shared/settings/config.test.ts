import { describe, expect, test } from '@jest/globals';
import { ConfigError, parseConfig } from '../../../../functions/shared/settings/config.ts';

const prove = {
  tokenUrl: 'https://platform.proveapis.com/token',
  secretId: 'token-vending/prod/prove',
  dialect: 'prove',
};

function parse(providers: unknown) {
  return parseConfig({ PROVIDERS: JSON.stringify(providers) }).providers;
}

function mistakes(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  test('fills in every default', () => {
    expect(parse({ prove }).get('prove')).toEqual({
      ...prove,
      name: 'prove',
      clientAuth: 'client_secret_post',
      basicEncoding: 'form',
      requestFormat: 'form',
      scopes: { default: [], allowed: [] },
      parameters: {},
      headers: {},
      expose: [],
    });
  });

  test('sorts scopes and drops repeats, so that one set of scopes has one cache key', () => {
    const scopes = { default: ['b', 'a', 'b'], allowed: ['c', 'b', 'a'] };
    expect(parse({ prove: { ...prove, scopes } }).get('prove')?.scopes.default).toEqual(['a', 'b']);
  });

  test.each([
    'https://api.example.com/token',
    'http://127.0.0.1:8080/token',
    'http://localhost/token',
    'http://[::1]/t',
  ])('takes %s as a token endpoint', (tokenUrl) => {
    expect(parse({ prove: { ...prove, tokenUrl } }).size).toBe(1);
  });

  test.each([
    'http://api.example.com/token',
    'http://127.0.0.1.example.com/',
    'ftp://x/',
    'token',
    'https://u:p@x.com/',
    'https://x.com/#a',
  ])('refuses %s as a token endpoint', (tokenUrl) => {
    expect(mistakes({ PROVIDERS: JSON.stringify({ prove: { ...prove, tokenUrl } }) })).toEqual([
      'PROVIDERS.prove.tokenUrl must be an https: URL without credentials or fragment (http: only on loopback)',
    ]);
  });

  test('names every mistake at once, by provider and key, and repeats no value', () => {
    const found = mistakes({
      PROVIDERS: JSON.stringify({
        'Not A Name': prove,
        prove: { secretId: '', tokenURL: 'canary', dialect: 'canary', scopes: { default: ['a'], allowed: ['b'] } },
        other: {
          ...prove,
          parameters: { client_secret: 'canary', a: 1 },
          headers: { Authorization: 'canary', 'x y': '' },
        },
        third: {
          ...prove,
          defaultLifetimeSeconds: 0,
          expose: ['access_token'],
          clientAuth: 'tls',
          scopes: { alowed: [] },
        },
        fourth: 'canary',
      }),
    });
    expect(found).toEqual([
      "PROVIDERS.Not A Name: a provider's name is 1 to 63 lower-case letters, digits or hyphens, a letter first",
      'PROVIDERS.prove.tokenUrl is missing',
      'PROVIDERS.prove.secretId must not be empty',
      'PROVIDERS.prove.dialect must be oauth2 or prove',
      'PROVIDERS.prove.scopes every default scope must be an allowed one',
      'PROVIDERS.prove.tokenURL is not a known key',
      'PROVIDERS.other.parameters.client_secret is a field that the exchange itself sends',
      'PROVIDERS.other.parameters.a must be a string',
      'PROVIDERS.other.headers.Authorization is a header that the exchange itself sends',
      'PROVIDERS.other.headers.x y is not a header name',
      'PROVIDERS.third.clientAuth must be client_secret_post, client_secret_basic or private_key_jwt',
      'PROVIDERS.third.scopes.alowed is not a known key',
      'PROVIDERS.third.defaultLifetimeSeconds must be at least 1',
      'PROVIDERS.third.expose.0 is a field that every answer has',
      'PROVIDERS.fourth must be an object',
    ]);
    expect(found.join()).not.toContain('canary');
  });

  test.each([
    [{}, 'PROVIDERS is not set'],
    [{ PROVIDERS: '' }, 'PROVIDERS is not set'],
    [{ PROVIDERS: '{' }, 'PROVIDERS is not JSON'],
    [{ PROVIDERS: '[]' }, 'PROVIDERS must be an object of provider name → provider settings'],
    [{ PROVIDERS: '{}' }, 'PROVIDERS names no provider'],
  ])('refuses %j', (environment, mistake) => {
    expect(mistakes(environment)).toEqual([mistake]);
  });
});
