import { providerTimeout, VendError } from '../runtime/errors.ts';
import { HttpError, type Send } from '../runtime/http-client.ts';
import type { ClientCredentials } from '../secrets/client-credentials.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { type AccessToken, chooseRefreshAtMs, fingerprintOf } from './access-token.ts';
import { buildTokenRequest } from './token-request.ts';
import { parseTokenResponse } from './token-response.ts';

export interface ExchangeDeps {
  readonly send: Send;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * One client_credentials request to the provider's token endpoint.
 *
 * @param deadlineMs wall clock; no answer by then is `provider_timeout`
 * @throws VendError `provider_rejected_credentials`, `invalid_scope`, `provider_error`, `provider_timeout`,
 *   `temporarily_unavailable`
 */
export type Exchange = (
  provider: Provider,
  credentials: ClientCredentials,
  scopes: readonly string[],
  deadlineMs: number,
) => Promise<ExchangedToken>;

export type ExchangedToken = Omit<AccessToken, 'obtainedIn'>;

export function createExchange({ send, now, random }: ExchangeDeps): Exchange {
  return async function exchange(provider, credentials, scopes, deadlineMs) {
    // The lifetime counts from before the request: the provider's own count cannot have begun earlier.
    const sentAtMs = now();
    const request = buildTokenRequest(provider, credentials, scopes, sentAtMs);
    const response = await send(request, deadlineMs - sentAtMs).catch(throwAsVendError);
    const answer = parseTokenResponse(provider, response, now());
    const lifetimeMs = answer.lifetimeSeconds === undefined ? undefined : answer.lifetimeSeconds * 1000;
    return {
      value: answer.accessToken,
      fingerprint: fingerprintOf(answer.accessToken),
      expiresAtMs: lifetimeMs === undefined ? undefined : sentAtMs + lifetimeMs,
      refreshAtMs: lifetimeMs === undefined ? undefined : chooseRefreshAtMs(sentAtMs, lifetimeMs, random),
      scope: answer.scope,
      exposed: answer.exposed,
      secretVersionId: credentials.versionId,
    };
  };
}

function throwAsVendError(error: unknown): never {
  if (!(error instanceof HttpError)) throw error;
  const { failure, networkCode } = error;
  const options = { reason: failure, details: networkCode === undefined ? {} : { networkCode } };
  switch (failure) {
    case 'timeout':
      throw providerTimeout();
    case 'connection_failed':
    case 'tls_failed':
      throw new VendError('temporarily_unavailable', 'The provider cannot be reached; try again later.', {
        ...options,
        isRetryable: failure === 'connection_failed',
      });
    default:
      throw new VendError('provider_error', 'The provider answered something that is not a token.', options);
  }
}
