import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../functions/shared/settings/config.ts';
import { startBuiltInProviders } from '../../../local/providers/built-in-providers.ts';
import { type LocalProviders, parseProvidersFile, settingsByName } from '../../../local/providers/providers.ts';

function mistakesOf(file: unknown): readonly string[] {
  try {
    parseProvidersFile(typeof file === 'string' ? file : JSON.stringify(file));
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('a providers file', () => {
  test('gives settings and secrets; a secret’s id is optional', () => {
    const secret = { client_id: 'a', client_secret: 'b' };
    const file = {
      mine: { tokenUrl: 'https://example.com/token', secret },
      other: { tokenUrl: 'http://127.0.0.1:1/token', secretId: 'its/own', dialect: 'prove' },
    };
    const { byName, proveServer } = parseProvidersFile(JSON.stringify(file));
    expect(byName).toEqual({
      mine: { settings: { tokenUrl: 'https://example.com/token', secretId: 'token-vending/local/mine' }, secret },
      other: { settings: file.other, secret: undefined },
    });
    expect(settingsByName(byName)['mine']).not.toHaveProperty('secret');
    expect(proveServer).toBeUndefined();
  });

  test('with mistakes is refused with all of them at once, none repeating a secret', () => {
    const canary = 'canary-client-secret';
    const mistakes = mistakesOf({
      Bad_Name: { tokenUrl: 'https://example.com/token' },
      insecure: { tokenUrl: 'http://example.com/token', secret: canary },
      list: { tokenUrl: 'https://example.com/token', secret: [canary] },
      misplaced: { tokenUrl: 'https://example.com/token', clientSecret: canary, clientAuth: canary },
      text: canary,
      missing: { secret: { client_secret: canary } },
      numbered: { tokenUrl: 'https://example.com/token', secretId: null },
    });
    for (const start of [
      'providers.Bad_Name',
      'providers.insecure.tokenUrl must be an https: URL',
      'providers.insecure.secret must be an object',
      'providers.list.secret must be an object',
      'providers.misplaced.clientSecret is not a known key',
      'providers.misplaced.clientAuth must be',
      'providers.text must be an object',
      'providers.missing.tokenUrl is missing',
      'providers.numbered.secretId must be a string',
    ]) {
      expect(mistakes).toContainEqual(expect.stringContaining(start));
    }
    expect(mistakes).toHaveLength(9);
    expect(mistakes.join()).not.toContain(canary);
  });

  test.each([
    ['{"secret": "canary', 'providers: the file is not JSON'],
    ['[]', 'providers must be an object of provider name → provider settings'],
    ['null', 'providers must be an object of provider name → provider settings'],
    ['{}', 'providers names no provider'],
  ])('of %s is refused in one sentence', (text, mistake) => {
    expect(mistakesOf(text)).toEqual([mistake]);
  });
});

describe('the built-in providers', () => {
  let providers: LocalProviders;
  beforeAll(async () => {
    providers = await startBuiltInProviders();
  });
  afterAll(() => providers.close());

  test('are Prove’s token server, an OAuth server in two ways, and PipesHub’s, each with its own secret', () => {
    expect(settingsByName(providers.byName)).toEqual({
      prove: { tokenUrl: expect.any(String), secretId: 'token-vending/local/prove', dialect: 'prove' },
      oidc: {
        tokenUrl: expect.any(String),
        secretId: 'token-vending/local/oidc',
        clientAuth: 'client_secret_basic',
        revocationUrl: expect.any(String),
        introspectionUrl: expect.any(String),
        scopes: { default: ['api:read'], allowed: ['api:read', 'api:write'] },
      },
      'oidc-jwt': {
        tokenUrl: providers.byName['oidc']?.settings.tokenUrl,
        secretId: 'token-vending/local/oidc-jwt',
        clientAuth: 'private_key_jwt',
        scopes: { default: ['api:read'], allowed: ['api:read', 'api:write'] },
        parameters: { resource: 'https://api.example.com/' },
      },
      pipeshub: {
        tokenUrl: expect.stringMatching(/\/api\/v1\/oauth2\/token$/),
        secretId: 'token-vending/local/pipeshub',
        clientAuth: 'client_secret_basic',
        basicEncoding: 'raw',
        revocationUrl: expect.stringMatching(/\/api\/v1\/oauth2\/revoke$/),
        introspectionUrl: expect.stringMatching(/\/api\/v1\/oauth2\/introspect$/),
        revocationClientAuth: 'client_secret_post',
        scopes: { default: ['connector:read'], allowed: ['connector:read', 'kb:read'] },
      },
    });
    const secrets = Object.values(providers.byName).map(({ secret }) => JSON.stringify(secret));
    expect(new Set(secrets).size).toBe(4);
  });

  test('pass the same check as a file’s providers', () => {
    expect(mistakesOf(settingsByName(providers.byName))).toEqual([]);
  });
});
