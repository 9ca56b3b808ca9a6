// openid-client with the vending endpoint as its token endpoint.
//
//   TOKEN_VENDING_ENDPOINT=https://… node openid-client.ts prove
import * as openid from 'openid-client';
import { createVendingClient } from 'token-vending-client';

const endpoint = process.env['TOKEN_VENDING_ENDPOINT'] ?? '';
const provider = process.argv[2] ?? 'prove';

const server = { issuer: endpoint, token_endpoint: `${endpoint}/tokens/${provider}` };
// The signature authenticates the client, not the form.
const config = new openid.Configuration(server, provider, undefined, openid.None());
config[openid.customFetch] = createVendingClient().fetch;
// For the local stack.
if (endpoint.startsWith('http://127.0.0.1:')) openid.allowInsecureRequests(config);
const { expires_in } = await openid.clientCredentialsGrant(config);
process.stdout.write(`A token for ${expires_in} seconds\n`);
