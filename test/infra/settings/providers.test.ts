import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseProviders } from '../../../functions/shared/settings/config.ts';
import type { PresetResult, ProviderEntry } from '../../../infra/settings/preset.ts';
import * as presets from '../../../infra/settings/providers.ts';

const { auth0, cognito, entra, oauth2, okta, pipeshub, prove } = presets;

function settingsOf(entry: ProviderEntry): PresetResult['settings'] {
  const parsed = entry.parse('entry');
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.join());
  return parsed.settings;
}

describe('the presets', () => {
  test.each([
    ['uat-us', 'https://platform.uat.proveapis.com/token'],
    ['prod-us', 'https://platform.proveapis.com/token'],
    ['uat-eu', 'https://platform.uat.eu.proveapis.com/token'],
    ['prod-eu', 'https://platform.eu.proveapis.com/token'],
  ] as const)('prove knows the token endpoint of %s', (server, tokenUrl) => {
    expect(settingsOf(prove({ server }))).toEqual({ dialect: 'prove', tokenUrl });
  });

  test('pipeshub sends Basic credentials as they are', () => {
    expect(settingsOf(pipeshub({ baseUrl: 'https://hub.example.com/' }))).toEqual({
      clientAuth: 'client_secret_basic',
      basicEncoding: 'raw',
      tokenUrl: 'https://hub.example.com/api/v1/oauth2/token',
      revocationUrl: 'https://hub.example.com/api/v1/oauth2/revoke',
      introspectionUrl: 'https://hub.example.com/api/v1/oauth2/introspect',
      revocationClientAuth: 'client_secret_post',
    });
  });

  test('pipeshub accepts another path, such as the one in its SDK’s specification', () => {
    const entry = pipeshub({ baseUrl: 'https://hub.example.com/sub', tokenPath: '/oauth/token' });
    expect(settingsOf(entry).tokenUrl).toBe('https://hub.example.com/sub/oauth/token');
  });

  test('oauth2 passes its settings on', () => {
    const settings = { tokenUrl: 'https://login.example.com/token', parameters: { audience: 'api' } };
    expect(settingsOf(oauth2(settings))).toEqual(settings);
  });

  test('auth0 sends JSON with the audience', () => {
    const entry = auth0({ domain: 'example.eu.auth0.com', audience: 'https://api.example.com/' });
    expect(settingsOf(entry)).toEqual({
      tokenUrl: 'https://example.eu.auth0.com/oauth/token',
      requestFormat: 'json',
      parameters: { audience: 'https://api.example.com/' },
    });
  });

  test('okta knows the organization, whose clients have a key, and its authorization servers', () => {
    expect(settingsOf(okta({ domain: 'example.okta.com' }))).toEqual({
      tokenUrl: 'https://example.okta.com/oauth2/v1/token',
      clientAuth: 'private_key_jwt',
    });
    expect(settingsOf(okta({ domain: 'example.okta.com', authorizationServer: 'default' }))).toEqual({
      tokenUrl: 'https://example.okta.com/oauth2/default/v1/token',
      clientAuth: 'client_secret_basic',
    });
  });

  test('entra asks for all permissions of the app for a resource', () => {
    const entry = entra({ tenant: '00000000-0000-0000-0000-000000000000', resource: 'https://graph.microsoft.com' });
    expect(settingsOf(entry)).toEqual({
      tokenUrl: 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/v2.0/token',
      scopes: {
        default: ['https://graph.microsoft.com/.default'],
        allowed: ['https://graph.microsoft.com/.default'],
      },
    });
  });

  test('cognito knows the token endpoint of a domain', () => {
    expect(settingsOf(cognito({ domain: 'example.auth.eu-west-1.amazoncognito.com' }))).toEqual({
      tokenUrl: 'https://example.auth.eu-west-1.amazoncognito.com/oauth2/token',
      clientAuth: 'client_secret_basic',
    });
  });

  const scopes = { default: ['a'], allowed: ['a', 'b'] };
  const entries = {
    prove: prove({ server: 'prod-us' }),
    pipeshub: pipeshub({ baseUrl: 'https://hub.example.com', scopes }),
    auth0: auth0({ domain: 'example.auth0.com', audience: 'api', scopes, parameters: { organization: 'o' } }),
    okta: okta({ domain: 'example.okta.com', scopes }),
    entra: entra({ tenant: 'example.onmicrosoft.com', resource: 'api://an-app' }),
    cognito: cognito({ domain: 'login.example.com', scopes }),
    oauth2: oauth2({ tokenUrl: 'https://login.example.com/token', clientAuth: 'private_key_jwt', scopes }),
  };

  test.each(Object.entries(entries))('%s makes settings that the functions accept', (name, entry) => {
    expect(parseProviders({ [name]: { ...settingsOf(entry), secretId: 's' } }, 'providers').size).toBe(1);
  });

  test.each([
    [auth0({ domain: 'https://example.auth0.com', audience: '' }), ['domain', 'audience']],
    [okta({ domain: 'example.okta.com/oauth2' }), ['domain']],
    [okta({ domain: 'example.okta.com', authorizationServer: '' }), ['authorizationServer']],
    [okta({ domain: 'example.okta.com', authorizationServer: 'a/b' }), ['authorizationServer']],
    [entra({ tenant: 'a/b', resource: 'an app' }), ['tenant', 'resource']],
    [cognito({ domain: 'example' }), ['domain']],
  ])('name options that cannot be right (%#)', (entry, options) => {
    const parsed = entry.parse('dev.x');
    const mistakes = 'mistakes' in parsed ? parsed.mistakes : [];
    expect(mistakes.map((mistake) => mistake.split(' ')[0])).toEqual(options.map((option) => `dev.x.${option}`));
  });

  test('let any setting replace theirs', () => {
    const tokenUrl = 'https://proxy.example.com/token';
    expect(settingsOf(prove({ server: 'uat-us', tokenUrl }))).toEqual({ dialect: 'prove', tokenUrl });
    expect(settingsOf(cognito({ domain: 'login.example.com', clientAuth: 'client_secret_post' })).clientAuth).toBe(
      'client_secret_post',
    );
  });

  test('are shown in docs/providers.md, each by examples that work', async () => {
    const text = await readFile(join(import.meta.dirname, '../../../docs/providers.md'), 'utf8');
    const examples = [...text.matchAll(/```ts\n(.*?)```/gs)].flatMap(([, code = '']) => code.trim().split('\n'));
    const made = examples.map((example) => {
      const [, name = '', options = ''] = /^(\w+)\((.+)\)/.exec(example) ?? [];
      const make = new Function(...Object.keys(presets), `return ${name}(${options})`);
      return [name, make(...Object.values(presets)) as ProviderEntry] as const;
    });
    expect(new Set(made.map(([name]) => name))).toEqual(new Set(Object.keys(presets)));
    for (const [, entry] of made) {
      expect(parseProviders({ example: { ...settingsOf(entry), secretId: 's' } }, 'providers').size).toBe(1);
    }
  });
});
