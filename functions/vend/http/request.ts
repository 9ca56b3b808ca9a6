import type { APIGatewayProxyEvent } from 'aws-lambda';
import { scopeTokenPattern } from '../../shared/settings/patterns.ts';
import { RequestError } from './errors.ts';
import { parseFormBody } from './form-body.ts';

/** What a caller asks of `POST /tokens/{provider}`. */
export interface VendRequest {
  readonly kind: 'vend';
  /** As it stands in the path, known or not. It is never decoded, so it is exactly what IAM has judged. */
  readonly provider: string;
  /** Sorted, without repeats; undefined: the provider's default scopes. */
  readonly scopes: readonly string[] | undefined;
  /** Seconds of life that the caller wants at least; 0 when it does not care. */
  readonly minTtlSeconds: number;
  /** Fingerprint of a token that the provider's API refused. */
  readonly rejectedTokenSha256: string | undefined;
}

export interface HealthRequest {
  readonly kind: 'health';
}

const maxMinTtlSeconds = 86_400;

/**
 * Reads an API Gateway REST proxy event. Pure.
 *
 * @throws RequestError; nothing else, whatever the event holds
 */
export function parseRequest(event: APIGatewayProxyEvent): VendRequest | HealthRequest {
  // Anyone who may invoke the function directly can send anything, null included.
  switch (event?.resource) {
    case '/health':
      assertMethod(event, 'GET');
      return { kind: 'health' };
    case '/tokens/{provider}':
      assertMethod(event, 'POST');
      return parseVendRequest(event);
    default:
      throw new RequestError('unknown_resource');
  }
}

function parseVendRequest(event: APIGatewayProxyEvent): VendRequest {
  assertNoFieldInQuery(event);
  const fields = parseFormBody(event);
  const grantType = fields.get('grant_type');
  if (grantType !== undefined && grantType !== 'client_credentials') {
    throw new RequestError('grant_type_unsupported');
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
  throw new RequestError('method_not_allowed', { allow: method });
}

const knownFields = ['grant_type', 'scope', 'min_ttl', 'rejected_token_sha256', 'client_id', 'client_secret'] as const;

/** RFC 6749 §3.2 wants fields in the body. In the query string they would be ignored without a word, and logged on the way. */
function assertNoFieldInQuery(event: APIGatewayProxyEvent): void {
  const query = { ...event.queryStringParameters, ...event.multiValueQueryStringParameters };
  if (knownFields.some((name) => Object.hasOwn(query, name))) throw new RequestError('field_in_query');
}

function parseScopes(scope: string | undefined): readonly string[] | undefined {
  if (scope === undefined) return undefined;
  const scopes = [...new Set(scope.split(' ').filter((token) => token !== ''))].sort();
  if (scopes.length === 0) return undefined;
  if (scopes.every((token) => scopeTokenPattern.test(token))) return scopes;
  throw new RequestError('scope_malformed');
}

function parseMinTtl(minTtl: string | undefined): number {
  if (minTtl === undefined) return 0;
  const seconds = /^\d{1,5}$/.test(minTtl) ? Number(minTtl) : Number.NaN;
  if (seconds <= maxMinTtlSeconds) return seconds;
  throw new RequestError('min_ttl_malformed');
}

function parseFingerprint(fingerprint: string | undefined): string | undefined {
  if (fingerprint === undefined || /^[0-9a-f]{64}$/.test(fingerprint)) return fingerprint;
  throw new RequestError('fingerprint_malformed');
}
