import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type PipeshubServer, startPipeshubServer } from '../../../local/providers/pipeshub-server.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const clientId = 'the client';
const clientSecret = 'canary%20:+secret';
const clock = createFakeClock();

let server: PipeshubServer;
beforeEach(async () => {
  const scopes = ['kb:read', 'kb:write'];
  server = await startPipeshubServer({ clientId, clientSecret, scopes, requestsPerSecond: 2, now: clock.now });
});
afterEach(() => server.close());

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const grant = { grant_type: 'client_credentials' };
const inBody = { ...grant, client_id: clientId, client_secret: clientSecret };

async function post(fields: Record<string, string>, authorization?: string): Promise<[number, unknown]> {
  const headers = authorization === undefined ? {} : { authorization };
  const response = await fetch(server.tokenUrl, { method: 'POST', headers, body: new URLSearchParams(fields) });
  return [response.status, await response.json()];
}

async function postJson(fields: unknown): Promise<[number, unknown]> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(server.tokenUrl, { method: 'POST', headers, body: JSON.stringify(fields) });
  return [response.status, await response.json()];
}

const token = { access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600, scope: 'kb:read kb:write' };

describe('credentials', () => {
  test('are read from a Basic header without decoding, split at the first colon', async () => {
    expect(await post(grant, basic(clientId, clientSecret))).toEqual([200, token]);
    expect(await post(grant, basic(encodeURIComponent(clientId), encodeURIComponent(clientSecret)))).toEqual([
      401,
      { error: 'invalid_client', error_description: expect.any(String) },
    ]);
    expect(server.issued).toBe(1);
  });

  test('are read from a form or from JSON', async () => {
    expect(await post(inBody)).toEqual([200, token]);
    expect(await postJson({ ...inBody, scope: 'kb:read' })).toEqual([200, { ...token, scope: 'kb:read' }]);
  });
});

test.each([
  [{ ...inBody, grant_type: 'password' }, 400, 'unsupported_grant_type'],
  [{ ...inBody, client_secret: 'other' }, 401, 'invalid_client'],
  [{ ...inBody, scope: 'kb:read admin' }, 400, 'invalid_scope'],
])('%j is %i %s', async (fields, status, error) => {
  expect(await post(fields)).toEqual([status, { error, error_description: expect.any(String) }]);
});

test.each([
  ['access_denied', 403],
  ['server_error', 400],
] as const)('%s is %i', async (error, status) => {
  server.failWith(error);
  expect(await post(inBody)).toEqual([status, { error, error_description: expect.any(String) }]);
});

test('a failure before its OAuth code has an object as its error', async () => {
  const objectError = { error: { code: expect.any(String), message: expect.any(String) } };
  expect(await post({})).toEqual([400, objectError]);
  expect(await postJson(null)).toEqual([400, objectError]);
  expect(await post(inBody)).toEqual([429, objectError]);
  const elsewhere = await fetch(new URL('/oauth/token', server.tokenUrl), { method: 'POST' });
  expect([elsewhere.status, await elsewhere.json()]).toEqual([404, objectError]);
  clock.advanceSeconds(1);
  expect(await post(inBody)).toEqual([200, token]);
});

describe('a token', () => {
  const client = { client_id: clientId, client_secret: clientSecret };

  async function send(url: string, fields: Record<string, string>, authorization?: string): Promise<[number, unknown]> {
    clock.advanceSeconds(1);
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) });
    return [response.status, await response.json()];
  }

  async function issue(): Promise<string> {
    const [, body] = await send(server.tokenUrl, inBody);
    return (body as { access_token: string }).access_token;
  }

  const active = { active: true, client_id: clientId, scope: 'kb:read kb:write', token_type: 'Bearer' };

  test('is active until it is revoked, with the client in the body', async () => {
    const [first, second] = [await issue(), await issue()];
    expect(await send(server.introspectionUrl, { ...client, token: first })).toEqual([200, active]);
    expect(await send(server.revocationUrl, { ...client, token: first })).toEqual([200, {}]);
    expect(await send(server.introspectionUrl, { ...client, token: first })).toEqual([200, { active: false }]);
    expect(await send(server.introspectionUrl, { token: second }, basic(clientId, clientSecret))).toEqual([
      200,
      active,
    ]);
  });

  test.each([
    ['a wrong secret', { ...client, client_secret: 'canary' }, undefined],
    ['a Basic header', {}, basic(clientId, clientSecret)],
  ])('stays active where the revocation fails, which is answered 200 too: %s', async (_case, fields, authorization) => {
    const token = await issue();
    expect(await send(server.revocationUrl, { ...fields, token }, authorization)).toEqual([200, {}]);
    expect(await send(server.introspectionUrl, { ...client, token })).toEqual([200, active]);
  });

  test('is not active once it has expired, and an unknown one never is', async () => {
    const token = await issue();
    clock.advanceSeconds(3600);
    expect(await send(server.introspectionUrl, { ...client, token })).toEqual([200, { active: false }]);
    expect(await send(server.introspectionUrl, { ...client, token: 'other' })).toEqual([200, { active: false }]);
  });

  test('is told only to the client', async () => {
    const fields = { ...client, client_secret: 'canary', token: await issue() };
    expect(await send(server.introspectionUrl, fields)).toMatchObject([401, { error: 'invalid_client' }]);
  });
});
