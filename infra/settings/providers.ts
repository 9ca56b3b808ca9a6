import * as v from 'valibot';
import { createPreset } from './preset.ts';

const matching = (pattern: RegExp, what: string) => v.pipe(v.string('must be a string'), v.regex(pattern, what));

// Options must match these patterns, so that the token URL is the intended one.
const hostName = matching(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a host name');
const pathSegment = matching(/^[\w.~-]+$/, 'must be one segment of a path');
const textWithoutSpaces = matching(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be text without spaces');

/** Prove's servers. https://developer.prove.com (environments); the token endpoint is `/token` on each. */
const proveServers = {
  'uat-us': 'https://platform.uat.proveapis.com',
  'prod-us': 'https://platform.proveapis.com',
  'uat-eu': 'https://platform.uat.eu.proveapis.com',
  'prod-eu': 'https://platform.eu.proveapis.com',
} as const;
const proveServerNames = Object.keys(proveServers) as (keyof typeof proveServers)[];

/** Prove Identity's V3 API. */
export const prove = createPreset(
  { server: v.picklist(proveServerNames, `must be one of ${proveServerNames.join(', ')}`) },
  ({ server }) => ({ dialect: 'prove', tokenUrl: `${proveServers[server]}/token` }),
);

/**
 * A PipesHub server. It reads the client's credentials from a Basic header and does not percent-decode them; where tokens are
 * revoked and introspected, it reads them from the body.
 */
export const pipeshub = createPreset(
  {
    baseUrl: matching(
      /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$))[^\s?#]*$/,
      'must be an https: URL without query or fragment (http: only on loopback)',
    ),
    tokenPath: v.optional(matching(/^\//, 'must begin with /'), '/api/v1/oauth2/token'),
  },
  ({ baseUrl, tokenPath }) => {
    const origin = baseUrl.replace(/\/+$/, '');
    return {
      clientAuth: 'client_secret_basic',
      basicEncoding: 'raw',
      tokenUrl: `${origin}${tokenPath}`,
      revocationUrl: `${origin}/api/v1/oauth2/revoke`,
      introspectionUrl: `${origin}/api/v1/oauth2/introspect`,
      revocationClientAuth: 'client_secret_post',
    };
  },
);

/** An Auth0 tenant. Every API has an `audience`, and a token is for one of them. */
export const auth0 = createPreset(
  {
    domain: hostName,
    audience: textWithoutSpaces,
    parameters: v.optional(v.record(v.string(), v.string('must be a string')), {}),
  },
  ({ domain, audience, parameters }) => ({
    tokenUrl: `https://${domain}/oauth/token`,
    requestFormat: 'json',
    parameters: { audience, ...parameters },
  }),
);

/**
 * An Okta organization. Okta's own APIs accept only service apps with a key. The tokens of an authorization server such as
 * `default` are for your own APIs, and its apps may have a secret.
 */
export const okta = createPreset(
  { domain: hostName, authorizationServer: v.optional(pathSegment) },
  ({ domain, authorizationServer }) =>
    authorizationServer === undefined
      ? { tokenUrl: `https://${domain}/oauth2/v1/token`, clientAuth: 'private_key_jwt' }
      : { tokenUrl: `https://${domain}/oauth2/${authorizationServer}/v1/token`, clientAuth: 'client_secret_basic' },
);

/** Microsoft Entra ID (v2.0). An app gets all of its permissions for one `resource`; there is no other scope. */
export const entra = createPreset({ tenant: pathSegment, resource: textWithoutSpaces }, ({ tenant, resource }) => {
  const scope = `${resource}/.default`;
  return {
    tokenUrl: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    scopes: { default: [scope], allowed: [scope] },
  };
});

/** An Amazon Cognito user pool, by the host name of its domain. */
export const cognito = createPreset({ domain: hostName }, ({ domain }) => ({
  tokenUrl: `https://${domain}/oauth2/token`,
  clientAuth: 'client_secret_basic',
}));

/** Any other OAuth 2.0 server that has the client_credentials grant. */
export const oauth2 = createPreset({ tokenUrl: v.string('must be a string') }, ({ tokenUrl }) => ({ tokenUrl }));
