// Prove's TypeScript SDK where it gets its tokens itself, with the vending endpoint as its token URL. After a 401 the SDK
// fails once and asks for another token with the next call; client.fetch then reports the refused one.
//
//   TOKEN_VENDING_ENDPOINT=https://… node prove-sdk-own-tokens.ts +12001001695
import { Proveapi } from '@prove-identity/prove-api';
import { HTTPClient } from '@prove-identity/prove-api/lib/http.js';
import { createVendingClient } from 'token-vending-client';

const client = createVendingClient();
const sdk = new Proveapi({
  serverURL: process.env['PROVE_URL'] ?? 'https://platform.uat.proveapis.com',
  httpClient: new HTTPClient({ fetcher: client.fetch }),
  // The SDK keeps one token per id and secret: the provider's name tells them apart.
  security: {
    clientID: 'prove',
    clientSecret: 'unused',
    tokenURL: `${process.env['TOKEN_VENDING_ENDPOINT']}/tokens/prove`,
  },
});

for (const phoneNumber of process.argv.slice(2)) {
  const started = await sdk.v3.v3StartRequest({ flowType: 'mobile', phoneNumber }).catch((error: Error) => error);
  process.stdout.write(started instanceof Error ? `${started.name}\n` : `${started.v3StartResponse?.correlationId}\n`);
}
