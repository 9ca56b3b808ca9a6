import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';

/** A secret that exists already and is kept by somebody else. The stack only lets the functions read it. */
export interface ExistingSecret {
  /** Complete, with the six characters that Secrets Manager puts behind the name. */
  readonly arn: string;
  /** Of the KMS key that encrypts it; left out where that is the account's `aws/secretsmanager` key. */
  readonly keyArn?: string;
}

/** One provider of one environment. Made by a preset below. */
export interface ProviderEntry {
  /** What the functions are told, except `secretId`, which the stack knows. */
  readonly settings: Omit<ProviderSettings, 'secretId'>;
  /** Without it the stack creates the secret `token-vending/{environment}/{provider}`. */
  readonly existingSecret?: ExistingSecret | undefined;
  /** What is wrong with a preset's own options, by option; reported together with everything else. */
  readonly mistakes: readonly string[];
}

type Common = Omit<ProviderSettings, 'secretId' | 'tokenUrl' | 'dialect'> & {
  readonly existingSecret?: ExistingSecret;
};

/** Prove's servers. https://developer.prove.com (environments); the token endpoint is `/token` on each. */
const proveServers = {
  'uat-us': 'https://platform.uat.proveapis.com',
  'prod-us': 'https://platform.proveapis.com',
  'uat-eu': 'https://platform.uat.eu.proveapis.com',
  'prod-eu': 'https://platform.eu.proveapis.com',
} as const;

/** Prove Identity's V3 API. */
export function prove(options: Common & { readonly server: keyof typeof proveServers }): ProviderEntry {
  const { server, existingSecret, ...rest } = options;
  const isKnown = Object.hasOwn(proveServers, server);
  return {
    settings: { dialect: 'prove', tokenUrl: isKnown ? `${proveServers[server]}/token` : '', ...rest },
    existingSecret,
    mistakes: isKnown ? [] : [`server must be one of ${Object.keys(proveServers).join(', ')}, not ${quote(server)}`],
  };
}

/** A PipesHub server. It takes the client's credentials in a Basic header and does not percent-decode them. */
export function pipeshub(options: Common & { readonly baseUrl: string; readonly tokenPath?: string }): ProviderEntry {
  const { baseUrl, tokenPath = '/api/v1/oauth2/token', existingSecret, ...rest } = options;
  const isUrl = URL.canParse(baseUrl);
  return {
    settings: {
      clientAuth: 'client_secret_basic',
      basicEncoding: 'raw',
      tokenUrl: isUrl ? `${baseUrl.replace(/\/+$/, '')}${tokenPath}` : '',
      ...rest,
    },
    existingSecret,
    mistakes: isUrl ? [] : [`baseUrl must be a URL, not ${quote(baseUrl)}`],
  };
}

/** An Auth0 tenant. Every API has an `audience`, and a token is for one of them. */
export function auth0(options: Common & { readonly domain: string; readonly audience: string }): ProviderEntry {
  const { domain, audience, existingSecret, parameters, ...rest } = options;
  return {
    settings: {
      tokenUrl: `https://${domain}/oauth/token`,
      requestFormat: 'json',
      parameters: { audience, ...parameters },
      ...rest,
    },
    existingSecret,
    mistakes: [...mistakesUnless('a host name', { domain }), ...mistakesUnless('text without spaces', { audience })],
  };
}

/**
 * An Okta organization. Its own APIs take service apps with a key only; the tokens of an authorization server such as
 * `default` are for your own APIs, and its apps may have a secret.
 */
export function okta(
  options: Common & { readonly domain: string; readonly authorizationServer?: string },
): ProviderEntry {
  const { domain, authorizationServer, existingSecret, ...rest } = options;
  const isOrganization = authorizationServer === undefined;
  return {
    settings: {
      tokenUrl: `https://${domain}/oauth2/${isOrganization ? '' : `${authorizationServer}/`}v1/token`,
      clientAuth: isOrganization ? 'private_key_jwt' : 'client_secret_basic',
      ...rest,
    },
    existingSecret,
    mistakes: [
      ...mistakesUnless('a host name', { domain }),
      ...(isOrganization ? [] : mistakesUnless('one segment of a path', { authorizationServer })),
    ],
  };
}

/** Microsoft Entra ID (v2.0). An app gets what it may do in one `resource`, all of it: there is no other scope. */
export function entra(options: Common & { readonly tenant: string; readonly resource: string }): ProviderEntry {
  const { tenant, resource, existingSecret, ...rest } = options;
  const scope = `${resource}/.default`;
  return {
    settings: {
      tokenUrl: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
      scopes: { default: [scope], allowed: [scope] },
      ...rest,
    },
    existingSecret,
    mistakes: [
      ...mistakesUnless('one segment of a path', { tenant }),
      ...mistakesUnless('text without spaces', { resource }),
    ],
  };
}

/** An Amazon Cognito user pool, by the host name of its domain. */
export function cognito(options: Common & { readonly domain: string }): ProviderEntry {
  const { domain, existingSecret, ...rest } = options;
  return {
    settings: { tokenUrl: `https://${domain}/oauth2/token`, clientAuth: 'client_secret_basic', ...rest },
    existingSecret,
    mistakes: mistakesUnless('a host name', { domain }),
  };
}

/** Any other OAuth 2.0 server that has the client_credentials grant. */
export function oauth2(options: Common & { readonly tokenUrl: string }): ProviderEntry {
  const { existingSecret, ...settings } = options;
  return { settings, existingSecret, mistakes: [] };
}

function quote(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** What an option has to look like so that the token URL is the one that is meant. */
const shapes = {
  'a host name': /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i,
  'one segment of a path': /^[\w.~-]+$/,
  'text without spaces': /^[\x21\x23-\x5b\x5d-\x7e]+$/,
};

function mistakesUnless(shape: keyof typeof shapes, options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    typeof value === 'string' && shapes[shape].test(value) ? [] : [`${name} must be ${shape}, not ${quote(value)}`],
  );
}
