import { type Runtime, systemRuntime } from './clock.ts';
import { type EndpointOptions, readEndpoint } from './endpoint.ts';
import { createAuthorizedFetch } from './http/authorized-fetch.ts';
import type { Fetch } from './http/fetch.ts';
import { createSigningFetch } from './http/signing-fetch.ts';
import { TokenCache } from './tokens/token-cache.ts';
import { createReadCredentials } from './vend/credentials.ts';
import { createSendSigned } from './vend/send-signed.ts';
import { type CredentialsSource, createSign } from './vend/signer.ts';
import { createVend } from './vend/vend.ts';
import type { VendedToken } from './vended-token.ts';

export interface VendingClientOptions extends EndpointOptions {
  /** The vending service with its stage, such as `https://….execute-api.eu-west-1.amazonaws.com/v1`; `TOKEN_VENDING_ENDPOINT` where left out. */
  readonly endpoint?: string | undefined;
  /** Needed only where the endpoint's host name does not say it and `AWS_REGION` is not set. */
  readonly region?: string | undefined;
  /** The AWS SDK's default chain where left out. */
  readonly credentials?: CredentialsSource | undefined;
}

export interface AuthorizedFetchOptions {
  /** Space-separated; the provider's default scopes where left out. */
  readonly scope?: string | undefined;
}

export interface TokenOptions extends AuthorizedFetchOptions {
  /** The life that the token should have left. Where the provider gives none as long, it has less. */
  readonly minTtlSeconds?: number | undefined;
  /** How long to wait; 30 seconds where left out. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface VendingClient {
  /**
   * A token for the provider's API: from memory, where it is renewed ahead; else one request for all who ask at once.
   *
   * @throws VendingError; where the signal is aborted, its reason
   */
  getToken(provider: string, options?: TokenOptions): Promise<VendedToken>;
  /** A `fetch` whose requests carry the provider's token; one that the API refuses is reported and replaced. */
  authorizedFetch(provider: string, options?: AuthorizedFetchOptions): Fetch;
  /** A `fetch` for OAuth clients and SDKs: signs what goes to the vending service, passes on the rest. */
  readonly fetch: Fetch;
}

/** @throws TypeError where endpoint or region are missing or wrong */
export function createVendingClient(options: VendingClientOptions = {}): VendingClient {
  return assembleClient(options, systemRuntime()).client;
}

/** @internal With a clock of one's own, and with what only tests and the CLI need. */
export function assembleClient(
  options: VendingClientOptions,
  runtime: Runtime,
): { client: VendingClient; tokens: TokenCache } {
  const { url, region } = readEndpoint(options);
  const sendSigned = createSendSigned(createSign(createReadCredentials(options.credentials), region), runtime);
  const tokens = new TokenCache(createVend(url, sendSigned, runtime), runtime);
  const client: VendingClient = {
    // Nothing is made on the way to a token in memory but the promise.
    async getToken(provider, options = {}) {
      const { scope, minTtlSeconds = 0 } = options;
      assertMinTtl(minTtlSeconds);
      return tokens.slotOf(provider, scope).getToken(minTtlSeconds, options);
    },
    authorizedFetch: (provider, { scope } = {}) => createAuthorizedFetch(tokens, provider, scope),
    fetch: createSigningFetch(url, sendSigned),
  };
  return { client, tokens };
}

function assertMinTtl(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400) return;
  throw new TypeError('minTtlSeconds must be a whole number from 0 to 86400.');
}
