import { generateKeyPairSync, type JsonWebKey, randomBytes } from 'node:crypto';
import Provider, { type ClientMetadata } from 'oidc-provider';
import { listenOnLoopback } from '../loopback-server.ts';
import { createOauthMemory } from './oauth-memory.ts';

/** How a client authenticates: with a secret, or with assertions that these public keys verify. */
export type OauthClient = { readonly clientId: string } & (
  | { readonly authMethod: 'client_secret_basic' | 'client_secret_post'; readonly clientSecret: string }
  | { readonly authMethod: 'private_key_jwt'; readonly publicKeys: readonly JsonWebKey[] }
);

export interface OauthServer {
  readonly tokenUrl: string;
  /** RFC 7009. For opaque tokens only: a JWT cannot be taken back. */
  readonly revocationUrl: string;
  /** RFC 7662, likewise. */
  readonly introspectionUrl: string;
  readonly issuer: string;
  /** The keys that verify its JWT access tokens. */
  readonly jwksUrl: string;
  close(): Promise<void>;
}

/** The scopes that its clients may ask for. */
export const oauthServerScopes = ['api:read', 'api:write'];

/** A scope that the server knows but allows to no client. */
export const oauthServerForbiddenScope = 'api:admin';

/** With this `resource` (RFC 8707) the access token is a JWT (RFC 9068) for that API; without it, the token is opaque. */
export const oauthServerResource = 'https://api.example.com/';

/** A real authorization server (oidc-provider) with these clients. */
export async function startOauthServer(clients: readonly OauthClient[]): Promise<OauthServer> {
  // The issuer is the server's own address, which is known only once it listens.
  let handle: ReturnType<Provider['callback']> | undefined;
  const server = await listenOnLoopback(async (request, response) => handle?.(request, response));
  const provider = new Provider(server.url, {
    adapter: createOauthMemory(clients.map(describeClient)),
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: isOwnToken },
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          audience: resource,
          scope: oauthServerScopes.join(' '),
          accessTokenFormat: 'jwt',
          accessTokenTTL: 3600,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    jwks: { keys: [newSigningKey()] },
    scopes: [...oauthServerScopes, oauthServerForbiddenScope],
    ttl: { ClientCredentials: 3600 },
  });
  handle = provider.callback();
  return {
    tokenUrl: `${server.url}/token`,
    revocationUrl: `${server.url}/token/revocation`,
    introspectionUrl: `${server.url}/token/introspection`,
    issuer: server.url,
    jwksUrl: `${server.url}/jwks`,
    close: server.close,
  };
}

/** A client may ask for its own tokens only. */
function isOwnToken(
  _context: unknown,
  client: { clientId: string },
  token: { clientId?: string | undefined },
): boolean {
  return token.clientId === client.clientId;
}

function describeClient(client: OauthClient): ClientMetadata {
  const proof =
    client.authMethod === 'private_key_jwt'
      ? { jwks: { keys: client.publicKeys.map((key) => ({ ...key, use: 'sig' })) } }
      : { client_secret: client.clientSecret };
  return {
    client_id: client.clientId,
    token_endpoint_auth_method: client.authMethod,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: 'ES256',
    scope: oauthServerScopes.join(' '),
    ...(proof as Partial<ClientMetadata>),
  };
}

function newSigningKey(): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
}
