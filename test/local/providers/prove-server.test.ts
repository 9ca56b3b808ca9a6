import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ProveServer, startProveServer } from '../../../local/providers/prove-server.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const clientId = 'the-client';
const clientSecret = 'canary-secret';
const clock = createFakeClock();

let server: ProveServer;
beforeEach(async () => {
  server = await startProveServer({ clientId, clientSecret, now: clock.now });
});
afterEach(() => server.close());

const grant = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };

function post(form: Record<string, string>, url = server.tokenUrl): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(form) });
}

test('the right credentials get a new token each time', async () => {
  const [first, second] = await Promise.all([post(grant), post(grant)]);
  const body = (await first.json()) as { access_token: string };
  expect(first.status).toBe(200);
  expect(body).toEqual({ access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' });
  expect(await second.json()).not.toMatchObject({ access_token: body.access_token });
  expect(server.issued).toBe(2);
});

test.each(['/v3/token', '/token/', '/token?x=1', '/'])('the path %s is forbidden', async (path) => {
  const response = await post(grant, new URL(path, server.tokenUrl).href);
  expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }]);
});

test.each(['GET', 'PUT'])('the method %s is forbidden', async (method) => {
  expect(await fetch(server.tokenUrl, { method })).toMatchObject({ status: 403 });
});

test.each(['grant_type', 'client_id', 'client_secret'])('a form without %s is malformed', async (name) => {
  const response = await post(Object.fromEntries(Object.entries(grant).filter(([field]) => field !== name)));
  expect([response.status, await response.json()]).toEqual([400, { code: 8001, message: 'malformed request' }]);
});

test('another grant or another content type is malformed', async () => {
  expect(await post({ ...grant, grant_type: 'password' })).toMatchObject({ status: 400 });
  const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(grant) };
  expect(await fetch(server.tokenUrl, json)).toMatchObject({ status: 400 });
});

test.each([{ client_id: 'other' }, { client_secret: 'other' }])('wrong credentials are refused: %j', async (wrong) => {
  const response = await post({ ...grant, ...wrong });
  expect([response.status, await response.json()]).toEqual([401, { code: 8002, message: 'unauthorized request' }]);
  expect(server.issued).toBe(0);
});

test('credentials that are replaced no longer work', async () => {
  server.setCredentials({ clientId, clientSecret: 'new' });
  expect(await post(grant)).toMatchObject({ status: 401 });
  expect(await post({ ...grant, client_secret: 'new' })).toMatchObject({ status: 200 });
});

test('the 26th request in a second is told to come back in one second', async () => {
  const within = await Promise.all(Array.from({ length: 25 }, () => post(grant)));
  expect(within.every((response) => response.ok)).toBe(true);
  const beyond = await post(grant);
  expect([beyond.status, beyond.headers.get('retry-after')]).toEqual([429, '1']);
  clock.advanceSeconds(1);
  expect(await post(grant)).toMatchObject({ status: 200 });
});

test.each([
  ['', 401],
  ['overlap=true', 200],
])('its portal makes a new secret; then the old one (form "%s") gets %s', async (form, oldStatus) => {
  const portal = new URL('/admin/credentials', server.tokenUrl);
  const made = (await (await fetch(portal, { method: 'POST', body: form })).json()) as Record<string, string>;
  expect(made).toEqual({ client_id: clientId, client_secret: expect.not.stringContaining(clientSecret) });
  expect((await post({ ...grant, ...made })).status).toBe(200);
  expect((await post(grant)).status).toBe(oldStatus);
});
