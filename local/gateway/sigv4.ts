import { timingSafeEqual } from 'node:crypto';
import { type Authorization, parseAuthorization } from './authorization.ts';
import { GatewayError } from './gateway-error.ts';
import { computeSignature } from './signature.ts';
import type { SignedRequest } from './signed-request.ts';

export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface VerifyOptions<K extends Key> {
  readonly region: string;
  readonly service: string;
  readonly findKey: (accessKeyId: string) => K | undefined;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

const maxSkewSeconds = 5 * 60;

/**
 * Identifies the signer of a request as AWS does: it computes the signature again, over the headers that the caller names.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @throws GatewayError
 */
export function verifySignature<K extends Key>(request: SignedRequest, options: VerifyOptions<K>): K {
  const authorization = parseAuthorization(request);
  const key = options.findKey(authorization.accessKeyId);
  if (key === undefined || !isSame(key.sessionToken, authorization.sessionToken)) {
    throw new GatewayError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  assertScope(authorization, options);
  assertSignedHeaders(request, authorization.signedHeaders);
  const amzDate = readSigningDate(authorization, options.now());
  const { signedHeaders, signature } = authorization;
  const expected = computeSignature(request, signedHeaders, key.secretAccessKey, amzDate, authorization);
  if (isSame(expected, signature)) return key;
  throw invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

function assertScope(authorization: Authorization, { region, service }: { region: string; service: string }): void {
  const complaints: string[] = [];
  if (authorization.region !== region) {
    complaints.push(`Credential should be scoped to a valid region, not '${authorization.region}'. `);
  }
  if (authorization.service !== service) {
    complaints.push(`Credential should be scoped to correct service: '${service}'. `);
  }
  if (complaints.length > 0) throw invalid(complaints.join(''));
}

/** A header that AWS itself reads must be signed, or it could be changed on the way. */
function assertSignedHeaders(request: SignedRequest, signedHeaders: readonly string[]): void {
  if (!signedHeaders.includes('host')) {
    throw invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const unsigned = [...request.headers.keys()].filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw invalid(`There were headers present in the request which were not signed: ${unsigned.join(', ')}`);
}

/** @returns `x-amz-date` as it was sent, if it is close to now and on the scope's day */
function readSigningDate({ amzDate, date, expiresSeconds }: Authorization, nowMs: number): string {
  if (amzDate === undefined) {
    throw new GatewayError(
      'IncompleteSignatureException',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  const ageSeconds = (nowMs - parseAmzDate(amzDate)) / 1000;
  const maxAgeSeconds = expiresSeconds ?? maxSkewSeconds;
  const at = (secondsAgo: number) => formatAmzDate(nowMs - secondsAgo * 1000);
  if (ageSeconds > maxAgeSeconds) {
    const limit = `${at(maxAgeSeconds)} (${at(0)} - ${Math.floor(maxAgeSeconds / 60)} min.)`;
    throw invalid(`Signature expired: ${amzDate} is now earlier than ${limit}`);
  }
  if (ageSeconds < -maxSkewSeconds) {
    const limit = `${at(-maxSkewSeconds)} (${at(0)} + ${maxSkewSeconds / 60} min.)`;
    throw invalid(`Signature not yet current: ${amzDate} is still later than ${limit}`);
  }
  const day = amzDate.slice(0, 8);
  if (day === date) return amzDate;
  throw invalid(
    `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${amzDate}'.`,
  );
}

/** @returns milliseconds since 1970 */
function parseAmzDate(text: string): number {
  const iso = text.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z');
  const atMs = iso === text ? Number.NaN : Date.parse(iso);
  if (!Number.isNaN(atMs)) return atMs;
  throw new GatewayError(
    'IncompleteSignatureException',
    `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}

/** `20261121T020000Z` */
function formatAmzDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
}

function isSame(expected: string, given: string): boolean {
  // Compared as bytes, because a given character may be more than one byte.
  const [expectedBytes, givenBytes] = [Buffer.from(expected), Buffer.from(given)];
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}

function invalid(message: string): GatewayError {
  return new GatewayError('InvalidSignatureException', message);
}
