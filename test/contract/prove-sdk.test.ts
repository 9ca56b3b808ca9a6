import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Proveapi } from '@prove-identity/prove-api';
import { HTTPClient } from '@prove-identity/prove-api/lib/http.js';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';
import { answerJson, type ScriptedProvider, startScriptedProvider } from '../support/scripted-provider.ts';
import { sendSignedBySmithy } from '../support/signed-request.ts';

let stack: RunningStack;
let api: ScriptedProvider;

beforeAll(async () => {
  [stack, api] = await Promise.all([startRunningStack(), startScriptedProvider()]);
});

afterAll(async () => {
  await Promise.all([stack.close(), api.close()]);
});

describe("Prove's own SDK", () => {
  test('gets a token from the local token server as from Prove', async () => {
    const { secret, settings } = stack.providers.byName['prove'] ?? {};
    const { client_id, client_secret } = secret as { client_id: string; client_secret: string };
    const sdk = new Proveapi({ serverURL: settings?.tokenUrl.replace('/token', '') ?? '' });
    const request = { clientId: client_id, clientSecret: client_secret, grantType: 'client_credentials' };
    const { v3TokenResponse } = await sdk.v3.v3TokenRequest(request);
    expect(v3TokenResponse).toMatchObject({ accessToken: expect.any(String), expiresIn: 3600, tokenType: 'Bearer' });
    await expect(sdk.v3.v3TokenRequest({ ...request, clientSecret: 'wrong' })).rejects.toMatchObject({
      name: 'Error401',
      code: 8002,
    });
  });

  test('works with the vending endpoint as its token URL and no client secret', async () => {
    const vendingUrl = `${stack.endpoint}/tokens/prove`;
    const httpClient = new HTTPClient({
      fetcher: async (input, init) => {
        const request = new Request(input, init);
        if (request.url !== vendingUrl) return fetch(request);
        const headers = { 'content-type': request.headers.get('content-type') ?? '' };
        return sendSignedBySmithy(
          { method: request.method, url: request.url, headers, body: await request.text() },
          stack.orders,
          stack.region,
        );
      },
    });
    const sdk = new Proveapi({
      serverURL: api.tokenUrl.replace('/token', ''),
      httpClient,
      security: { clientID: 'unused', clientSecret: 'unused', tokenURL: vendingUrl },
    });
    api.answerWith(answerJson(200, { authToken: 'a', correlationId: 'c', next: {} }));
    await sdk.v3.v3StartRequest({ flowType: 'mobile', phoneNumber: '2001001695' });
    await sdk.v3.v3StartRequest({ flowType: 'mobile', phoneNumber: '2001001695' });
    const vended = (await (await stack.vend('prove')).json()) as { access_token: string };
    const authorizations = api.requests.map(({ headers }) => headers['authorization']);
    expect(authorizations).toEqual([`Bearer ${vended.access_token}`, `Bearer ${vended.access_token}`]);
  });
});
