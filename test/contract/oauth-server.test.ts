import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import {
  type OauthServer,
  oauthServerForbiddenScope,
  oauthServerResource,
  startOauthServer,
} from '../../local/providers/oauth-server.ts';
import { defaultSecretId, parseProvidersFile } from '../../local/providers/providers.ts';
import { asPem, rsaKeys } from '../support/key-pairs.ts';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';
import { describeProviders, keyClients, oauthClients } from './oauth-clients.ts';

// The running local stack with a providers file, against oidc-provider, a real authorization server.

let server: OauthServer;
let stack: RunningStack;

beforeAll(async () => {
  server = await startOauthServer(oauthClients);
  stack = await startRunningStack(1, async () =>
    parseProvidersFile(JSON.stringify(describeProviders(server.tokenUrl))),
  );
});

afterAll(async () => {
  await stack.close();
  await server.close();
});

async function vend(provider: string, form?: string): Promise<[number, Record<string, unknown>]> {
  const response = await stack.vend(provider, form);
  return [response.status, (await response.json()) as Record<string, unknown>];
}

const token = { access_token: expect.any(String), token_type: 'Bearer', expires_in: expect.any(Number) };

/** The status, the error, and what the log adds. */
async function refusal(provider: string, form?: string): Promise<unknown[]> {
  const response = await stack.vend(provider, form);
  const { error } = (await response.json()) as { error: string };
  const { reason, providerError } = await stack.logOf(response);
  return [response.status, error, reason, providerError];
}

describe('a client with awkward characters in its credentials', () => {
  test.each(['basic', 'post'])('gets a token by client_secret_%s', async (provider) => {
    expect(await vend(provider)).toEqual([200, { ...token, scope: 'api:read' }]);
  });

  test('is refused where it sends them unencoded', async () => {
    expect(await refusal('raw-basic')).toEqual([502, 'provider_error', 'request_refused', 'invalid_request']);
  });
});

describe.each(keyClients)('a client with a key, signing with $algorithm,', ({ name, clientId }) => {
  test('gets a JWT for the resource, signed with the server’s key', async () => {
    const [status, { access_token: accessToken, ...rest }] = await vend(name);
    expect([status, rest]).toEqual([200, { token_type: 'Bearer', expires_in: expect.any(Number), scope: 'api:read' }]);
    const { payload } = await jwtVerify(String(accessToken), createRemoteJWKSet(new URL(server.jwksUrl)), {
      issuer: server.issuer,
      audience: oauthServerResource,
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ client_id: clientId, scope: 'api:read' });
  });
});

test('a key may be a JWK that names its algorithm', async () => {
  expect(await vend('json-jwk')).toEqual([200, { ...token, scope: 'api:read' }]);
});

describe('scopes', () => {
  test('are sent in one order, and each set has its own token', async () => {
    const [, both] = await vend('basic', 'scope=api%3Awrite+api%3Aread');
    const [, same] = await vend('basic', 'scope=api%3Aread+api%3Awrite+api%3Aread');
    const [, one] = await vend('basic', 'scope=api%3Awrite');
    expect([both['scope'], one['scope']]).toEqual(['api:read api:write', 'api:write']);
    expect(same['access_token']).toBe(both['access_token']);
    expect(one['access_token']).not.toBe(both['access_token']);
  });

  test('that the settings do not allow are 400 invalid_scope without a request to the provider', async () => {
    expect(await refusal('basic', 'scope=unknown')).toEqual([400, 'invalid_scope', 'scope_not_allowed', undefined]);
  });

  test('that the provider does not allow are 400 invalid_scope', async () => {
    const form = `scope=${oauthServerForbiddenScope}`;
    expect(await refusal('basic', form)).toEqual([400, 'invalid_scope', 'scope_refused', 'invalid_scope']);
  });
});

describe('a request that the provider refuses', () => {
  test.each(['wrong-secret', 'wrong-key'])('for a %s is 502 provider_rejected_credentials', async (provider) => {
    expect(await refusal(provider)).toEqual([502, 'provider_rejected_credentials', 'credentials_refused', undefined]);
  });

  test('for an unknown resource is 502 provider_error', async () => {
    expect(await refusal('wrong-resource')).toEqual([502, 'provider_error', 'request_refused', 'invalid_target']);
  });
});

test('a staged key is used in the same vend when the current one is refused', async () => {
  const secret = { client_id: 'client-PS256', private_key: asPem(rsaKeys.privateKey), alg: 'PS256' };
  const staged = { SecretId: defaultSecretId('replaced-key'), SecretString: JSON.stringify(secret) };
  await stack.secretsManager.send(new PutSecretValueCommand({ ...staged, VersionStages: ['AWSPENDING'] }));
  expect(await vend('replaced-key')).toMatchObject([200, token]);
});
