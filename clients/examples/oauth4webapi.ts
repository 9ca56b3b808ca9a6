// oauth4webapi with the vending endpoint as its token endpoint.
//
//   TOKEN_VENDING_ENDPOINT=https://… node oauth4webapi.ts prove
import * as oauth from 'oauth4webapi';
import { createVendingClient } from 'token-vending-client';

const endpoint = process.env['TOKEN_VENDING_ENDPOINT'] ?? '';
const provider = process.argv[2] ?? 'prove';

const server: oauth.AuthorizationServer = { issuer: endpoint, token_endpoint: `${endpoint}/tokens/${provider}` };
const client: oauth.Client = { client_id: provider };
// The signature authenticates the client, not the form.
const response = await oauth.clientCredentialsGrantRequest(
  server,
  client,
  oauth.None(),
  {},
  {
    [oauth.customFetch]: createVendingClient().fetch,
    // For the local stack.
    [oauth.allowInsecureRequests]: endpoint.startsWith('http://127.0.0.1:'),
  },
);
const { expires_in } = await oauth.processClientCredentialsResponse(server, client, response);
process.stdout.write(`A token for ${expires_in} seconds\n`);
