import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError, parseConfig, readConfig } from '../../../../functions/shared/settings/config.ts';

const prove = {
  tokenUrl: 'https://platform.proveapis.com/token',
  secretId: 'token-vending/prod/prove',
  dialect: 'prove',
};

function parse(providers: unknown) {
  return parseConfig(JSON.stringify({ providers })).providers;
}

function mistakes(text: string): readonly string[] {
  try {
    parseConfig(text);
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

  test('sorts scopes and drops repeats, so that one scope set has one cache key', () => {
    const scopes = { default: ['b', 'a', 'b'], allowed: ['c', 'b', 'a'] };
    expect(parse({ prove: { ...prove, scopes } }).get('prove')?.scopes.default).toEqual(['a', 'b']);
  });

  test.each([
    'https://api.example.com/token',
    'http://127.0.0.1:8080/token',
    'http://localhost/token',
    'http://[::1]/t',
  ])('accepts %s as a token endpoint', (tokenUrl) => {
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
    expect(mistakes(JSON.stringify({ providers: { prove: { ...prove, tokenUrl } } }))).toEqual([
      'providers.prove.tokenUrl must be an https: URL without credentials or fragment (http: only on loopback)',
    ]);
  });

  test('names every mistake at once, by provider and key, and repeats no value', () => {
    const found = mistakes(
      JSON.stringify({
        providers: {
          'Not A Name': prove,
          prove: { secretId: '', tokenURL: 'canary', dialect: 'canary', scopes: { default: ['a'], allowed: ['b'] } },
          other: {
            ...prove,
            parameters: { client_secret: 'canary', a: 1 },
            headers: { Authorization: 'canary', 'Accept-Encoding': 'gzip', 'x y': '' },
          },
          third: {
            ...prove,
            defaultLifetimeSeconds: 0,
            expose: ['access_token'],
            clientAuth: 'tls',
            scopes: { alowed: [] },
          },
          fifth: {
            ...prove,
            revocationUrl: 'http://canary.example.com',
            introspectionUrl: 'canary',
            revocationClientAuth: 'private_key_jwt',
          },
          fourth: 'canary',
        },
        logLevel: 'canary',
        provider: 'canary',
      }),
    );
    expect(found).toEqual([
      "providers.Not A Name: a provider's name is 1 to 63 lower-case letters, digits or hyphens, a letter first",
      'providers.prove.tokenUrl is missing',
      'providers.prove.secretId must not be empty',
      'providers.prove.dialect must be oauth2 or prove',
      'providers.prove.scopes every default scope must be an allowed one',
      'providers.prove.tokenURL is not a known key',
      'providers.other.parameters.client_secret is a field that the exchange itself sends',
      'providers.other.parameters.a must be a string',
      'providers.other.headers.Authorization is a header that the exchange itself sends',
      'providers.other.headers.Accept-Encoding is a header that the exchange itself sends',
      'providers.other.headers.x y is not a header name',
      'providers.third.clientAuth must be client_secret_post, client_secret_basic or private_key_jwt',
      'providers.third.scopes.alowed is not a known key',
      'providers.third.defaultLifetimeSeconds must be at least 1',
      'providers.third.expose.0 is a field that every answer has',
      'providers.fifth.revocationUrl must be an https: URL without credentials or fragment (http: only on loopback)',
      'providers.fifth.introspectionUrl must be an https: URL without credentials or fragment (http: only on loopback)',
      'providers.fifth.revocationClientAuth must take the same kind of credentials as clientAuth',
      'providers.fourth must be an object',
      'logLevel must be info or warn',
      'provider is not a known key',
    ]);
    expect(found.join()).not.toContain('canary');
  });

  test.each([
    ['', 'settings.json is not JSON'],
    ['{', 'settings.json is not JSON'],
    ['[]', 'settings.json must be an object'],
    ['{}', 'providers must be an object of provider name → settings'],
    ['{"providers":[]}', 'providers must be an object of provider name → settings'],
    ['{"providers":{}}', 'providers names no provider'],
  ])('refuses %j', (text, mistake) => {
    expect(mistakes(text)).toEqual([mistake]);
  });
});

describe('readConfig', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'token-vending-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('reads the settings file beside the bundle', async () => {
    await writeFile(join(directory, 'settings.json'), JSON.stringify({ providers: { prove } }));
    expect([...readConfig(directory).providers.keys()]).toEqual(['prove']);
  });

  test('reads what is not about providers, too, and knows its defaults', () => {
    const table = 'token-vending-prod';
    const read = (others: object) => parseConfig(JSON.stringify({ providers: { prove }, ...others }));
    expect(read({})).toMatchObject({ logLevel: 'info' });
    expect(read({}).tokenStore).toBeUndefined();
    expect(read({ logLevel: 'warn', tokenStore: { table } })).toMatchObject({
      logLevel: 'warn',
      tokenStore: { table },
    });
    expect(() => read({ tokenStore: {} })).toThrow('tokenStore.table is missing');
    expect(() => read({ tokenStore: { table: 'a table' } })).toThrow('tokenStore.table must be the name of a DynamoDB');
  });

  test('says which file is missing', () => {
    expect(() => readConfig(directory)).toThrow("settings.json cannot be read from the folder of the function's code");
  });
});
