// Prove's TypeScript SDK with vended tokens. The SDK is given no credentials: the token is added, and replaced when Prove
// refuses it, by the fetch below it.
//
//   TOKEN_VENDING_ENDPOINT=https://… node prove-sdk.ts +12001001695
import { Proveapi } from '@prove-identity/prove-api';
import { HTTPClient } from '@prove-identity/prove-api/lib/http.js';
import { createVendingClient } from 'token-vending-client';

const client = createVendingClient();
const sdk = new Proveapi({
  serverURL: process.env['PROVE_URL'] ?? 'https://platform.uat.proveapis.com',
  httpClient: new HTTPClient({ fetcher: client.authorizedFetch('prove') }),
});

const phoneNumber = process.argv[2] ?? '2001001695';
const { v3StartResponse } = await sdk.v3.v3StartRequest({ flowType: 'mobile', phoneNumber });
process.stdout.write(`${v3StartResponse?.correlationId}\n`);
