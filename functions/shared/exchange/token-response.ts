import { VendError } from '../runtime/errors.ts';
import type { HttpResponse } from '../runtime/http-client.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { parseAnswerBody } from './answer-body.ts';
import { type Dialect, dialects } from './dialects.ts';
import { parseRetryAfterSeconds } from './retry-after.ts';

/** What a provider's answer is worth, once it has been judged. */
export interface TokenResponse {
  readonly accessToken: string;
  /** Seconds, from 1 to 30 days; undefined where neither the provider nor the settings name any. */
  readonly lifetimeSeconds: number | undefined;
  readonly scope: string | undefined;
  readonly exposed: Readonly<Record<string, unknown>>;
}

const maxLifetimeSeconds = 30 * 86_400;

/** RFC 6749 appendix A.12 allows 1*VSCHAR; a space cannot stand in an Authorization header (RFC 6750 §2.1). */
const accessTokenPattern = /^[\x21-\x7e]{1,16384}$/;

/**
 * Judges a token endpoint's answer. Pure.
 *
 * @param nowMs wall clock, for a `Retry-After` that is a date in an answer without one
 * @throws VendError `provider_rejected_credentials`, `invalid_scope`, `temporarily_unavailable` or `provider_error`; none
 *   repeats a word of the answer
 */
export function parseTokenResponse(provider: Provider, response: HttpResponse, nowMs: number): TokenResponse {
  const body = parseAnswerBody(response);
  assertNotRefused(dialects[provider.dialect], response, body, nowMs);
  const { status } = response;
  if (status < 200 || status > 299) throw notAToken('unexpected_status', status);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw notAToken('not_a_json_object', status);
  return parseTokenFields(provider, body as Record<string, unknown>, status);
}

function assertNotRefused(dialect: Dialect, { status, headers }: HttpResponse, body: unknown, nowMs: number): void {
  const refusal = dialect.judgeRefusal(status, body);
  const providerError = dialect.knownError(body);
  const details = { providerStatus: status, ...(providerError !== undefined && { providerError }) };
  if (refusal === 'client') {
    const description = 'The provider refused the client credentials.';
    throw new VendError('provider_rejected_credentials', description, { reason: 'credentials_refused', details });
  }
  if (refusal === 'scope') {
    throw new VendError('invalid_scope', 'The provider refused the scope.', { reason: 'scope_refused', details });
  }
  const isServerFault = status === 408 || status >= 500;
  if (refusal === 'unavailable' || status === 429 || isServerFault) {
    // A date means what it means by the provider's own clock, which the answer tells (RFC 9110 §6.6.1).
    const clockMs = Date.parse(headers['date'] ?? '') || nowMs;
    const retryAfterSeconds = parseRetryAfterSeconds(headers['retry-after'], clockMs);
    throw new VendError('temporarily_unavailable', 'The provider is throttling or failing; try again later.', {
      retryAfterSeconds,
      isRetryable: isServerFault && retryAfterSeconds === undefined,
      reason: status === 429 ? 'provider_throttled' : 'provider_unavailable',
      details,
    });
  }
  if (refusal === 'request') {
    const description = 'The provider answered something that is not a token.';
    throw new VendError('provider_error', description, { reason: 'request_refused', details });
  }
}

function parseTokenFields(provider: Provider, body: Record<string, unknown>, status: number): TokenResponse {
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn, scope } = body;
  if (accessToken === undefined) throw notAToken('access_token_missing', status);
  if (typeof accessToken !== 'string' || !accessTokenPattern.test(accessToken)) {
    throw notAToken('access_token_unusable', status);
  }
  // A left-out or differently spelled "bearer" is taken for Bearer, as golang/oauth2 does.
  if (tokenType !== undefined && (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')) {
    throw notAToken('token_type_unusable', status);
  }
  if (scope !== undefined && scope !== null && typeof scope !== 'string') throw notAToken('scope_unusable', status);
  const lifetimeSeconds = parseLifetimeSeconds(expiresIn, status) ?? provider.defaultLifetimeSeconds;
  const exposed = Object.fromEntries(
    provider.expose.flatMap((name) => (Object.hasOwn(body, name) ? [[name, body[name]]] : [])),
  );
  return { accessToken, lifetimeSeconds, scope: scope ?? undefined, exposed };
}

/** Numbers and, as several providers send them, numbers in a string. Too long is clamped; everything else is refused. */
function parseLifetimeSeconds(expiresIn: unknown, status: number): number | undefined {
  if (expiresIn === undefined || expiresIn === null) return undefined;
  const isNumeric = typeof expiresIn === 'number' || (typeof expiresIn === 'string' && /^\d+(\.\d+)?$/.test(expiresIn));
  const seconds = isNumeric ? Number(expiresIn) : Number.NaN;
  if (!(seconds >= 1)) throw notAToken('expires_in_unusable', status);
  return Math.min(seconds, maxLifetimeSeconds);
}

function notAToken(reason: string, status: number): VendError {
  const details = { providerStatus: status };
  return new VendError('provider_error', 'The provider answered something that is not a token.', { reason, details });
}
