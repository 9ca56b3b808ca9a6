import type { APIGatewayProxyResult } from 'aws-lambda';
import type { VendError } from '../shared/errors.ts';
import type { Vended } from './vend.ts';

// RFC 6749 §5.1: no cache may keep an answer that holds a token. Errors and health are not worth keeping either.
const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' };

/** What a caller waits before it asks again when the provider did not name a time. */
const defaultRetryAfterSeconds = 1;

/** The RFC 6749 §5.1 answer. Pure. */
export function tokenResponse({ token, source, expiresInSeconds }: Vended): APIGatewayProxyResult {
  // JSON.stringify leaves out what is undefined.
  const body = JSON.stringify({
    access_token: token.value,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    scope: token.scope,
    ...token.exposed,
  });
  if (source === 'memory') return { statusCode: 200, headers: { ...headers, 'x-token-source': source }, body };
  const serverTiming = source === 'memory-stale' ? {} : { 'server-timing': describeTiming(token.obtainedIn) };
  return { statusCode: 200, headers: { ...headers, 'x-token-source': source, ...serverTiming }, body };
}

/** The RFC 6749 §5.2 answer. Pure. */
export function errorResponse(error: VendError): APIGatewayProxyResult {
  const more: Record<string, string> = {};
  if (error.allow !== undefined) more['allow'] = error.allow;
  if (error.status === 503) more['retry-after'] = String(error.retryAfterSeconds ?? defaultRetryAfterSeconds);
  return {
    statusCode: error.status,
    headers: { ...headers, ...more },
    body: JSON.stringify({ error: error.code, error_description: error.message }),
  };
}

export interface Health {
  readonly kind: 'health';
  readonly version: string;
}

export function healthResponse({ version }: Health): APIGatewayProxyResult {
  return { statusCode: 200, headers, body: JSON.stringify({ status: 'ok', version }) };
}

/** https://www.w3.org/TR/server-timing/ — durations in milliseconds. */
function describeTiming({ secretMs, exchangeMs }: Vended['token']['obtainedIn']): string {
  const exchange = `exchange;dur=${exchangeMs}`;
  return secretMs === undefined ? exchange : `secret;dur=${secretMs}, ${exchange}`;
}
