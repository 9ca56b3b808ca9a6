import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { answerJson } from '../../support/scripted-provider.ts';
import { type ProviderApi, startProviderApi } from '../support/provider-api.ts';
import { startTestClient, type TestClient } from './test-client.ts';

let vending: TestClient;
let api: ProviderApi;

beforeEach(async () => {
  [vending, api] = await Promise.all([startTestClient(), startProviderApi()]);
});

afterEach(async () => {
  await Promise.all([vending.close(), api.close()]);
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** As an OAuth client asks for a token. */
async function askForToken(fields: Record<string, string> = {}): Promise<string> {
  const response = await vending.client.fetch(`${vending.endpoint}/tokens/prove`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
    headers: { authorization: 'Basic dW51c2VkOnVudXNlZA==', accept: 'application/json' },
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

const callApi = (token: string) => vending.client.fetch(api.url, { headers: { authorization: `Bearer ${token}` } });
const reports = () => vending.forms().map((form) => form.get('rejected_token_sha256'));

test("what goes to the service is signed in place of the client's own authentication, and stays as it was", async () => {
  await askForToken({ client_id: 'unused' });
  const [request] = vending.service.requests;
  expect(request?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATEST\//);
  expect(request?.headers['accept']).toBe('application/json');
  expect(request?.body).toBe('grant_type=client_credentials&client_id=unused');
});

test('a Request is signed like its parts, and a GET has no body', async () => {
  vending.service.answerWith(answerJson(200, { status: 'ok' }));
  const response = await vending.client.fetch(new Request(`${vending.endpoint}/health`));
  expect([response.status, vending.service.requests[0]?.method]).toEqual([200, 'GET']);
  expect(vending.service.requests[0]?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 /);
});

test('a path beside the endpoint is not signed', async () => {
  await vending.client.fetch(`${vending.endpoint}-beside/tokens/prove`, { method: 'POST' });
  await vending.client.fetch(`${vending.endpoint}/../v2/tokens/prove`, { method: 'POST' });
  expect(vending.service.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined, undefined]);
});

test('a token that an API refuses is reported with the next request for the same, once', async () => {
  const token = await askForToken();
  api.revoke(sha256(token));
  expect((await callApi(token)).status).toBe(401);
  await askForToken({ scope: 'other' });
  await askForToken();
  await askForToken();
  expect(reports()).toEqual([null, null, sha256(token), null]);
});

test('the order of scopes does not matter, nor do client id and secret', async () => {
  const token = await askForToken({ scope: 'a b', client_id: 'one' });
  api.revoke(sha256(token));
  await callApi(token);
  await askForToken({ scope: 'b a', client_id: 'another' });
  expect(reports()).toEqual([null, sha256(token)]);
});

test('a report that fails is made again', async () => {
  const token = await askForToken();
  api.revoke(sha256(token));
  await callApi(token);
  vending.service.answerWith(answerJson(503, { error: 'temporarily_unavailable', error_description: 'Later.' }));
  await askForToken();
  await askForToken();
  expect(reports()).toEqual([null, sha256(token), sha256(token)]);
});

test('a 401 on a token that was not vended is nobody’s report', async () => {
  await askForToken();
  await callApi('of-somebody-else');
  await askForToken();
  expect(reports()).toEqual([null, null]);
});

test('a form that reports already, and a body that is no form, are left alone', async () => {
  const token = await askForToken();
  api.revoke(sha256(token));
  await callApi(token);
  await askForToken({ rejected_token_sha256: 'f'.repeat(64) });
  await callApi(token);
  await vending.client.fetch(`${vending.endpoint}/tokens/prove`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect(vending.service.requests.at(-1)?.body).toBe('{}');
  expect(reports().slice(0, 2)).toEqual([null, 'f'.repeat(64)]);
});
