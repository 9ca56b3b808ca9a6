import { generateKeyPairSync, type JsonWebKey, randomBytes } from 'node:crypto';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import { type OauthServer, oauthServerResource, oauthServerScopes, startOauthServer } from './oauth-server.ts';
import { type PipeshubServer, startPipeshubServer } from './pipeshub-server.ts';
import { type ProveServer, startProveServer } from './prove-server.ts';
import { defaultSecretId, type LocalProvider, type LocalProviders } from './providers.ts';

const pipeshubScopes = ['connector:read', 'kb:read'];

/** Starts the built-in providers' servers. Each client gets new credentials. */
export async function startBuiltInProviders(): Promise<LocalProviders> {
  const clients = {
    prove: createCredentials('prove'),
    oidc: createCredentials('oidc'),
    oidcJwt: createKeyPair('oidc-jwt'),
    pipeshub: createCredentials('pipeshub'),
  };
  const { clientId, publicKey } = clients.oidcJwt;
  const [proveServer, oauthServer, pipeshubServer] = await Promise.all([
    startProveServer(clients.prove),
    startOauthServer([
      { ...clients.oidc, authMethod: 'client_secret_basic' },
      { clientId, publicKeys: [publicKey], authMethod: 'private_key_jwt' },
    ]),
    startPipeshubServer({ ...clients.pipeshub, scopes: pipeshubScopes }),
  ]);
  const servers = { proveServer, oauthServer, pipeshubServer };
  return {
    byName: describeProviders(servers, clients),
    ...servers,
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
  };
}

interface Clients {
  readonly prove: SharedSecret;
  readonly oidc: SharedSecret;
  readonly oidcJwt: KeyPair;
  readonly pipeshub: SharedSecret;
}

interface Servers {
  readonly proveServer: ProveServer;
  readonly oauthServer: OauthServer;
  readonly pipeshubServer: PipeshubServer;
}

function describeProviders(
  { proveServer, oauthServer, pipeshubServer }: Servers,
  clients: Clients,
): LocalProviders['byName'] {
  const { revocationUrl, introspectionUrl } = oauthServer;
  const oauth = {
    tokenUrl: oauthServer.tokenUrl,
    scopes: { default: oauthServerScopes.slice(0, 1), allowed: oauthServerScopes },
  };
  const { clientId: client_id, privateKey: private_key } = clients.oidcJwt;
  return {
    prove: describe('prove', { tokenUrl: proveServer.tokenUrl, dialect: 'prove' }, asSecret(clients.prove)),
    oidc: describe(
      'oidc',
      { ...oauth, clientAuth: 'client_secret_basic', revocationUrl, introspectionUrl },
      asSecret(clients.oidc),
    ),
    // Its tokens are JWTs, which cannot be taken back.
    'oidc-jwt': describe(
      'oidc-jwt',
      { ...oauth, clientAuth: 'private_key_jwt', parameters: { resource: oauthServerResource } },
      { client_id, private_key },
    ),
    pipeshub: describe(
      'pipeshub',
      {
        tokenUrl: pipeshubServer.tokenUrl,
        clientAuth: 'client_secret_basic',
        basicEncoding: 'raw',
        revocationUrl: pipeshubServer.revocationUrl,
        introspectionUrl: pipeshubServer.introspectionUrl,
        revocationClientAuth: 'client_secret_post',
        scopes: { default: pipeshubScopes.slice(0, 1), allowed: pipeshubScopes },
      },
      asSecret(clients.pipeshub),
    ),
  };
}

function describe(name: string, settings: Omit<ProviderSettings, 'secretId'>, secret: object): LocalProvider {
  return { settings: { ...settings, secretId: defaultSecretId(name) }, secret };
}

interface SharedSecret {
  readonly clientId: string;
  readonly clientSecret: string;
}

interface KeyPair {
  readonly clientId: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  readonly publicKey: JsonWebKey;
}

/** With characters that differ when they are encoded. */
function createCredentials(name: string): SharedSecret {
  return { clientId: `local-${name}-client`, clientSecret: `${randomBytes(24).toString('base64')}%+&:=~/` };
}

function createKeyPair(name: string): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    clientId: `local-${name}-client`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ format: 'jwk' }),
  };
}

function asSecret({ clientId, clientSecret }: SharedSecret): object {
  return { client_id: clientId, client_secret: clientSecret };
}
