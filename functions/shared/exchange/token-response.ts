import { type Reason, TokenError } from '../runtime/errors.ts';
import type { HttpResponse } from '../runtime/http-client.ts';
import { isJsonObject, type JsonObject, parseJson } from '../runtime/json.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { type Dialect, dialects } from './dialects.ts';

/** A provider's answer, once it has been judged to be a token. */
export interface TokenResponse {
  readonly accessToken: string;
  /** Seconds, from 1 to 30 days; undefined where neither the provider nor the settings give any. */
  readonly lifetimeSeconds: number | undefined;
  readonly scope: string | undefined;
  readonly exposed: Readonly<Record<string, unknown>>;
}

const maxLifetimeSeconds = 30 * 86_400;
const maxRetryAfterSeconds = 300;

/** RFC 6749 appendix A.12 allows 1*VSCHAR; a space cannot stand in an Authorization header (RFC 6750 §2.1). */
const accessTokenPattern = /^[\x21-\x7e]{1,16384}$/;

/**
 * Judges a token endpoint's answer. Pure.
 *
 * @param nowMs milliseconds since 1970, for a `Retry-After` that is a date in an answer without one
 * @throws TokenError that repeats nothing of the answer
 */
export function parseTokenResponse(provider: Provider, response: HttpResponse, nowMs: number): TokenResponse {
  const body = parseAnswerBody(response);
  assertNotRefused(dialects[provider.dialect], response, body, nowMs);
  const { status } = response;
  if (status < 200 || status > 299) throw notAToken('unexpected_status', status);
  if (!isJsonObject(body)) throw notAToken('not_a_json_object', status);
  return parseTokenFields(provider, body, status);
}

/**
 * JSON whatever it is labelled as, because many servers label it wrongly; a form where it is labelled as one or as plain text,
 * as golang/oauth2 takes it. Undefined when it is neither.
 */
function parseAnswerBody({ headers, body }: HttpResponse): unknown {
  const text = decodeUtf8(body);
  if (text === undefined) return undefined;
  return parseJson(text) ?? (isForm(headers['content-type']) ? parseForm(text) : undefined);
}

function isForm(contentType = ''): boolean {
  const mediaType = contentType.toLowerCase().split(';', 1)[0]?.trim();
  return mediaType === 'application/x-www-form-urlencoded' || mediaType === 'text/plain';
}

/** A form in which a field is repeated could be read in two ways: it is not read at all. */
function parseForm(text: string): JsonObject | undefined {
  const fields = [...new URLSearchParams(text)];
  const form = Object.fromEntries(fields);
  return Object.keys(form).length === fields.length ? form : undefined;
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function assertNotRefused(dialect: Dialect, response: HttpResponse, body: unknown, nowMs: number): void {
  const { status } = response;
  const refusal = dialect.judgeRefusal(status, body);
  const providerError = dialect.knownError(body);
  const details = { providerStatus: status, ...(providerError !== undefined && { providerError }) };
  if (refusal === 'client') throw new TokenError('credentials_refused', { details });
  if (refusal === 'scope') throw new TokenError('scope_refused', { details });
  const isServerFault = status === 408 || status >= 500;
  if (refusal === 'unavailable' || status === 429 || isServerFault) {
    const retryAfterSeconds = parseRetryAfter(response, nowMs);
    throw new TokenError(status === 429 ? 'provider_throttled' : 'provider_unavailable', {
      retryAfterSeconds,
      isRetryable: isServerFault && retryAfterSeconds === undefined,
      details,
    });
  }
  if (refusal === 'request') throw new TokenError('request_refused', { details });
}

/**
 * `Retry-After` (RFC 9110 §10.2.3: seconds or an HTTP date) in whole seconds, from 1 to 300: an absurd value must not silence
 * a provider for a day. Undefined where it is missing or unreadable.
 */
export function parseRetryAfter({ headers }: Pick<HttpResponse, 'headers'>, nowMs: number): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  let seconds = Number.NaN;
  if (/^\d+$/.test(value)) seconds = Number(value);
  else if (value.endsWith(' GMT')) {
    // Date.parse alone would find a date in almost anything. The date is by the provider's own clock, which its answer tells.
    const clockMs = Date.parse(headers['date'] ?? '') || nowMs;
    seconds = Math.ceil((Date.parse(value) - clockMs) / 1000);
  }
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 1), maxRetryAfterSeconds);
}

function parseTokenFields(provider: Provider, body: JsonObject, status: number): TokenResponse {
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn, scope } = body;
  if (accessToken === undefined) throw notAToken('access_token_missing', status);
  if (typeof accessToken !== 'string' || !accessTokenPattern.test(accessToken)) {
    throw notAToken('access_token_unusable', status);
  }
  // A missing or differently spelled "bearer" is taken for Bearer, as golang/oauth2 does.
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

function notAToken(reason: Reason, providerStatus: number): TokenError {
  return new TokenError(reason, { details: { providerStatus } });
}
