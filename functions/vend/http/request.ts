import type { APIGatewayProxyEvent } from 'aws-lambda';
import { VendError } from '../../shared/runtime/errors.ts';
import { scopeTokenPattern } from '../../shared/settings/provider-settings.ts';
import { parseFormBody } from './form-body.ts';

/** What a caller asks of `POST /tokens/{provider}`. */
export interface VendRequest {
  readonly kind: 'vend';
  /** As it stands in the path, known or not. It is never decoded, so it is exactly what IAM judged. */
  readonly provider: string;
  /** Sorted, without repeats; undefined: the provider's default scopes. */
  readonly scopes: readonly string[] | undefined;
  /** Seconds of life that the caller wants at least; 0 when it does not care. */
  readonly minTtlSeconds: number;
  /** Fingerprint of a token that the provider refused. */
  readonly rejectedTokenSha256: string | undefined;
}

export interface HealthRequest {
  readonly kind: 'health';
}

const maxMinTtlSeconds = 86_400;

/**
 * Reads an API Gateway REST proxy event. Pure.
 *
 * @throws VendError `unknown_provider`, `method_not_allowed`, `invalid_request`, `unsupported_grant_type` or
 *   `invalid_scope`; nothing else, whatever the event holds
 */
export function parseRequest(event: APIGatewayProxyEvent): VendRequest | HealthRequest {
  // Whoever may invoke the function directly can send anything, null included.
  switch (event?.resource) {
    case '/health':
      assertMethod(event, 'GET');
      return { kind: 'health' };
    case '/tokens/{provider}':
      assertMethod(event, 'POST');
      return parseVendRequest(event);
    default:
      throw new VendError('invalid_request', 'There is no such resource.', { status: 404 });
  }
}

function parseVendRequest(event: APIGatewayProxyEvent): VendRequest {
  const fields = parseFormBody(event);
  const grantType = fields.get('grant_type');
  if (grantType !== undefined && grantType !== 'client_credentials') {
    throw new VendError('unsupported_grant_type', 'grant_type must be client_credentials.');
  }
  return {
    kind: 'vend',
    provider: event.pathParameters?.['provider'] ?? '',
    scopes: parseScopes(fields.get('scope')),
    minTtlSeconds: parseMinTtl(fields.get('min_ttl')),
    rejectedTokenSha256: parseFingerprint(fields.get('rejected_token_sha256')),
  };
}

function assertMethod(event: APIGatewayProxyEvent, method: string): void {
  if (event.httpMethod === method) return;
  throw new VendError('method_not_allowed', `Only ${method} is allowed here.`, { allow: method });
}

function parseScopes(scope: string | undefined): readonly string[] | undefined {
  if (scope === undefined) return undefined;
  const scopes = [...new Set(scope.split(' ').filter((token) => token !== ''))].sort();
  if (scopes.length === 0) return undefined;
  if (scopes.every((token) => scopeTokenPattern.test(token))) return scopes;
  throw new VendError('invalid_scope', 'scope is a list of space-separated scope tokens (RFC 6749 section 3.3).');
}

function parseMinTtl(minTtl: string | undefined): number {
  if (minTtl === undefined) return 0;
  const seconds = /^\d{1,5}$/.test(minTtl) ? Number(minTtl) : Number.NaN;
  if (seconds <= maxMinTtlSeconds) return seconds;
  throw new VendError('invalid_request', `min_ttl must be whole seconds from 0 to ${maxMinTtlSeconds}.`);
}

function parseFingerprint(fingerprint: string | undefined): string | undefined {
  if (fingerprint === undefined || /^[0-9a-f]{64}$/.test(fingerprint)) return fingerprint;
  throw new VendError('invalid_request', 'rejected_token_sha256 must be 64 lower-case hexadecimal digits.');
}
