import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import { type OauthServer, oauthServerResource, startOauthServer } from '../../../local/providers/oauth-server.ts';

// Characters that differ once they are form-encoded, as RFC 6749 §2.3.1 requires.
const clientId = 'client:1';
const clientSecret = 'canary+secret/%';

const keyClientId = 'client-2';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let server: OauthServer;
beforeAll(async () => {
  server = await startOauthServer([
    { clientId, clientSecret, authMethod: 'client_secret_basic' },
    { clientId: keyClientId, publicKeys: [publicKey.export({ format: 'jwk' })], authMethod: 'private_key_jwt' },
  ]);
});
afterAll(() => server.close());

async function post(
  form: Record<string, string>,
  secret = clientSecret,
  url = server.tokenUrl,
): Promise<[number, unknown]> {
  const credentials = [clientId, secret].map(encodeURIComponent).join(':');
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  return [response.status, text === '' ? undefined : JSON.parse(text)];
}

const grant = { grant_type: 'client_credentials' };

test('the right credentials get a token for the scope that they ask for', async () => {
  expect(await post({ ...grant, scope: 'api:read api:write' })).toEqual([
    200,
    { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer', scope: 'api:read api:write' },
  ]);
});

test('a wrong secret is invalid_client', async () => {
  expect(await post(grant, 'other')).toEqual([401, expect.objectContaining({ error: 'invalid_client' })]);
});

test('an unknown scope is left out, as oidc-provider does', async () => {
  expect(await post({ ...grant, scope: 'unknown api:read' })).toEqual([
    200,
    { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer', scope: 'api:read' },
  ]);
});

test('a scope that is not the client’s is refused', async () => {
  expect(await post({ ...grant, scope: 'api:read api:admin' })).toEqual([
    400,
    expect.objectContaining({ error: 'invalid_scope' }),
  ]);
});

test('with a resource the token is a JWT for it, signed with the server’s key', async () => {
  const [, answer] = await post({ ...grant, scope: 'api:read', resource: oauthServerResource });
  const { access_token: token } = answer as { access_token: string };
  const expected = { issuer: server.issuer, audience: oauthServerResource, typ: 'at+jwt' };
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(server.jwksUrl)), expected);
  expect(payload).toMatchObject({ client_id: clientId, scope: 'api:read' });
});

test('a client assertion is accepted once', async () => {
  const assertion = await new SignJWT({ jti: 'j' })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(keyClientId)
    .setSubject(keyClientId)
    .setAudience(server.tokenUrl)
    .setExpirationTime('60s')
    .sign(privateKey);
  const body = () =>
    new URLSearchParams({
      ...grant,
      client_id: keyClientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
  const first = await fetch(server.tokenUrl, { method: 'POST', body: body() });
  expect([first.status, await first.json()]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })]);
  const again = await fetch(server.tokenUrl, { method: 'POST', body: body() });
  expect([again.status, await again.json()]).toEqual([401, expect.objectContaining({ error: 'invalid_client' })]);
});

test('another grant is refused', async () => {
  expect(await post({ grant_type: 'password' })).toEqual([400, expect.objectContaining({ error: expect.any(String) })]);
});

describe('an opaque token', () => {
  const introspect = (token: string, secret?: string) => post({ token }, secret, server.introspectionUrl);
  const issue = async () => ((await post({ ...grant, scope: 'api:read' }))[1] as { access_token: string }).access_token;

  test('is active until it is revoked', async () => {
    const [first, second] = [await issue(), await issue()];
    const active = expect.objectContaining({ active: true, client_id: clientId, scope: 'api:read' });
    expect(await introspect(first)).toEqual([200, active]);
    expect(await post({ token: first }, clientSecret, server.revocationUrl)).toEqual([200, undefined]);
    expect(await introspect(first)).toEqual([200, { active: false }]);
    expect(await introspect(second)).toEqual([200, active]);
  });

  test('is told only to the client', async () => {
    expect(await introspect(await issue(), 'other')).toMatchObject([401, { error: 'invalid_client' }]);
  });
});

test('a JWT cannot be revoked, and the server says so', async () => {
  const [, body] = await post({ ...grant, resource: oauthServerResource, scope: 'api:read' });
  const { access_token: token } = body as { access_token: string };
  for (const url of [server.revocationUrl, server.introspectionUrl]) {
    expect(await post({ token }, clientSecret, url)).toMatchObject([400, { error: 'unsupported_token_type' }]);
  }
});
