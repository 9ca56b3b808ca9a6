import { describe, expect, test } from '@jest/globals';
import { oauth2, pipeshub, prove } from '../../infra/providers.ts';

describe('the presets', () => {
  test.each([
    ['uat-us', 'https://platform.uat.proveapis.com/token'],
    ['prod-us', 'https://platform.proveapis.com/token'],
    ['uat-eu', 'https://platform.uat.eu.proveapis.com/token'],
    ['prod-eu', 'https://platform.eu.proveapis.com/token'],
  ] as const)('prove knows the token endpoint of %s', (server, tokenUrl) => {
    expect(prove({ server })).toEqual({
      settings: { dialect: 'prove', tokenUrl },
      existingSecret: undefined,
      mistakes: [],
    });
  });

  test('pipeshub sends Basic credentials as they are', () => {
    expect(pipeshub({ baseUrl: 'https://hub.example.com/' }).settings).toEqual({
      clientAuth: 'client_secret_basic',
      basicEncoding: 'raw',
      tokenUrl: 'https://hub.example.com/api/v1/oauth2/token',
    });
  });

  test('pipeshub takes another path, as its SDK’s specification has one', () => {
    const { settings } = pipeshub({ baseUrl: 'https://hub.example.com/sub', tokenPath: '/oauth/token' });
    expect(settings.tokenUrl).toBe('https://hub.example.com/sub/oauth/token');
  });

  test('oauth2 hands its settings on', () => {
    const settings = { tokenUrl: 'https://login.example.com/token', parameters: { audience: 'api' } };
    expect(oauth2(settings).settings).toEqual(settings);
  });
});
