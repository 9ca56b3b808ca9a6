import type { ProviderSettings } from '../functions/shared/provider-settings.ts';

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

/** Any other OAuth 2.0 server that has the client_credentials grant. */
export function oauth2(options: Common & { readonly tokenUrl: string }): ProviderEntry {
  const { existingSecret, ...settings } = options;
  return { settings, existingSecret, mistakes: [] };
}

function quote(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
