import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OauthServer, startOauthServer } from '../../../local/providers/oauth-server.ts';

// Characters that differ once they are form-encoded, as RFC 6749 §2.3.1 wants it.
const clientId = 'client:1';
const clientSecret = 'canary+secret/%';

let server: OauthServer;
beforeAll(async () => {
  server = await startOauthServer({ clientId, clientSecret });
});
afterAll(() => server.close());

async function post(form: Record<string, string>, secret = clientSecret): Promise<[number, unknown]> {
  const credentials = [clientId, secret].map(encodeURIComponent).join(':');
  const response = await fetch(server.tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return [response.status, await response.json()];
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
  expect(await post({ ...grant, scope: 'api:admin api:read' })).toEqual([
    200,
    { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer', scope: 'api:read' },
  ]);
});

test('another grant is refused', async () => {
  expect(await post({ grant_type: 'password' })).toEqual([400, expect.objectContaining({ error: expect.any(String) })]);
});
