import { TokenError } from '../runtime/errors.ts';
import { isHttpError, type Send } from '../runtime/http-client.ts';
import type { ClientCredentials } from '../secrets/client-credentials.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { type AccessToken, chooseRefreshAtMs, fingerprintOf } from './access-token.ts';
import { buildTokenRequest } from './token-request.ts';
import { parseTokenResponse } from './token-response.ts';

export interface ExchangeDeps {
  readonly send: Send;
  /** Milliseconds since 1970; never goes back. For ages and expiries. */
  readonly now: () => number;
  /** The wall clock as it is. For what the provider compares with its own clock. */
  readonly wallClock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * One client_credentials request to the provider's token endpoint.
 *
 * @param deadlineMs by `now`; no answer by then is `provider_timeout`
 * @throws TokenError
 */
export type Exchange = (
  provider: Provider,
  credentials: ClientCredentials,
  scopes: readonly string[],
  deadlineMs: number,
) => Promise<ExchangedToken>;

export type ExchangedToken = Omit<AccessToken, 'obtainedIn'>;

export function createExchange({ send, now, wallClock, random }: ExchangeDeps): Exchange {
  return async function exchange(provider, credentials, scopes, deadlineMs) {
    // The lifetime counts from before the request: the provider's own count cannot have begun earlier.
    const sentAtMs = now();
    const request = buildTokenRequest(provider, credentials, scopes, wallClock());
    const response = await send(request, deadlineMs - sentAtMs).catch(throwAsTokenError);
    const answer = parseTokenResponse(provider, response, now());
    const lifetimeMs = answer.lifetimeSeconds === undefined ? undefined : answer.lifetimeSeconds * 1000;
    return {
      value: answer.accessToken,
      fingerprint: fingerprintOf(answer.accessToken),
      expiresAtMs: lifetimeMs === undefined ? undefined : sentAtMs + lifetimeMs,
      sentAtMs: lifetimeMs === undefined ? undefined : sentAtMs,
      refreshAtMs: lifetimeMs === undefined ? undefined : chooseRefreshAtMs(sentAtMs, lifetimeMs, random),
      scope: answer.scope,
      exposed: answer.exposed,
      secretVersionId: credentials.versionId,
    };
  };
}

/** For the rejection of a `Send`. @throws TokenError; anything that is no HttpError as it is */
export function throwAsTokenError(error: unknown): never {
  if (!isHttpError(error)) throw error;
  const { failure, networkCode } = error;
  throw new TokenError(failure === 'timeout' ? 'provider_timeout' : failure, {
    isRetryable: failure === 'connection_failed',
    details: networkCode === undefined ? {} : { networkCode },
  });
}
