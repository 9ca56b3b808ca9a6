import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider, { type Adapter } from 'oidc-provider';
import { listenOnLoopback } from '../loopback-server.ts';

export interface OauthServerOptions {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface OauthServer {
  readonly tokenUrl: string;
  readonly issuer: string;
  close(): Promise<void>;
}

export const oauthServerScopes = ['api:read', 'api:write'];

/** A real authorization server (oidc-provider) with one client that authenticates by client_secret_basic. */
export async function startOauthServer({ clientId, clientSecret }: OauthServerOptions): Promise<OauthServer> {
  // The issuer is the server's own address, which is known only once it listens.
  let handle: ReturnType<Provider['callback']> | undefined;
  const server = await listenOnLoopback(async (request, response) => handle?.(request, response));
  const provider = new Provider(server.url, {
    adapter: () => forgetfulAdapter,
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
        token_endpoint_auth_method: 'client_secret_basic',
        scope: oauthServerScopes.join(' '),
      },
    ],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    jwks: { keys: [newSigningKey()] },
    scopes: oauthServerScopes,
    ttl: { ClientCredentials: 3600 },
  });
  handle = provider.callback();
  return { tokenUrl: `${server.url}/token`, issuer: server.url, close: server.close };
}

/** A client_credentials token is handed out and never asked for again: none has to be kept. */
const forgetfulAdapter: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

function newSigningKey(): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
}
