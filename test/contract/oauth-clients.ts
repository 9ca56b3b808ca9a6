import {
  type OauthClient,
  oauthServerForbiddenScope,
  oauthServerResource,
  oauthServerScopes,
} from '../../local/providers/oauth-server.ts';
import { asJwk, asPem, ecKeys, keysByAlgorithm, signingAlgorithms } from '../support/key-pairs.ts';

const awkward = '%+&:=~/ %2F';
const secretClients = {
  basic: {
    clientId: `basic${awkward.replace(' ', '')}`,
    clientSecret: `s${awkward}`,
    authMethod: 'client_secret_basic',
  },
  post: { clientId: `post${awkward.replace(' ', '')}`, clientSecret: `s${awkward}`, authMethod: 'client_secret_post' },
} as const;
export const keyClients = signingAlgorithms.map((algorithm) => ({
  name: `jwt-${algorithm.toLowerCase()}`,
  algorithm,
  clientId: `client-${algorithm}`,
  keys: keysByAlgorithm[algorithm],
}));
export const oauthClients: readonly OauthClient[] = [
  ...Object.values(secretClients),
  ...keyClients.map(({ clientId, algorithm, keys }) => ({
    clientId,
    authMethod: 'private_key_jwt' as const,
    publicKeys: [{ ...asJwk(keys.publicKey), alg: algorithm, kid: 'the-key' }],
  })),
];

/** A providers file: each kind of client, and some with mistakes. */
export function describeProviders(tokenUrl: string): object {
  const scopes = { default: ['api:read'], allowed: [...oauthServerScopes, oauthServerForbiddenScope] };
  const parameters = { resource: oauthServerResource };
  const [basic, post] = [secretClients.basic, secretClients.post].map(({ clientId, clientSecret, authMethod }) => ({
    tokenUrl,
    clientAuth: authMethod,
    scopes,
    secret: { client_id: clientId, client_secret: clientSecret },
  }));
  const jwt = keyClients.map(({ name, algorithm, clientId, keys }) => {
    const secret = { client_id: clientId, private_key: asPem(keys.privateKey), alg: algorithm, kid: 'the-key' };
    return [name, { tokenUrl, clientAuth: 'private_key_jwt', scopes, parameters, secret }];
  });
  const wrongKey = { client_id: 'client-ES256', private_key: asJwk(ecKeys.privateKey), kid: 'the-key' };
  return {
    basic,
    post,
    ...Object.fromEntries(jwt),
    'raw-basic': { ...basic, basicEncoding: 'raw' },
    'wrong-secret': { ...basic, secret: { ...basic?.secret, client_secret: 'canary-wrong' } },
    'replaced-key': { tokenUrl, clientAuth: 'private_key_jwt', secret: { ...wrongKey, client_id: 'client-PS256' } },
    'wrong-key': { tokenUrl, clientAuth: 'private_key_jwt', secret: { ...wrongKey, client_id: 'client-PS256' } },
    'wrong-resource': { ...basic, parameters: { resource: 'not-a-uri' } },
    'json-jwk': { tokenUrl, clientAuth: 'private_key_jwt', scopes, secret: wrongKey },
  };
}
