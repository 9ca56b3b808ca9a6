import { timingSafeEqual } from 'node:crypto';
import { type Authorization, parseAuthorization } from './authorization-header.ts';
import { computeSignature } from './signature.ts';
import { SignatureError } from './signature-error.ts';
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

const maxSkewMs = 5 * 60_000;

/**
 * Finds out who signed a request, as AWS does: recomputes the signature over the headers that the caller says it signed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @throws SignatureError
 */
export function verifySignature<K extends Key>(request: SignedRequest, options: VerifyOptions<K>): K {
  const authorization = parseAuthorization(request.headers.get('authorization')?.join(', '));
  const key = options.findKey(authorization.accessKeyId);
  const sessionToken = request.headers.get('x-amz-security-token')?.join(',') ?? '';
  if (key === undefined || !isSame(key.sessionToken, sessionToken)) {
    throw new SignatureError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  assertScope(authorization, options);
  assertSignedHeaders(request, authorization.signedHeaders);
  const amzDate = readSigningDate(request, authorization.date, options.now());
  const { signedHeaders, signature } = authorization;
  const expected = computeSignature(request, signedHeaders, key.secretAccessKey, amzDate, authorization);
  if (!isSame(expected, signature)) {
    throw new SignatureError(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  return key;
}

function assertScope(authorization: Authorization, { region, service }: { region: string; service: string }): void {
  const complaints: string[] = [];
  if (authorization.region !== region) {
    complaints.push(`Credential should be scoped to a valid region, not '${authorization.region}'. `);
  }
  if (authorization.service !== service) {
    complaints.push(`Credential should be scoped to correct service: '${service}'. `);
  }
  if (complaints.length > 0) throw new SignatureError('InvalidSignatureException', complaints.join(''));
}

/** A header that AWS itself reads must be signed, or somebody on the way could change what was meant. */
function assertSignedHeaders(request: SignedRequest, signedHeaders: readonly string[]): void {
  if (!signedHeaders.includes('host')) {
    throw new SignatureError(
      'InvalidSignatureException',
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  const unsigned = [...request.headers.keys()].filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw new SignatureError(
      'InvalidSignatureException',
      `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
    );
  }
}

/** @returns `x-amz-date` as it was sent, once it is known to be of now and of the scope's day */
function readSigningDate(request: SignedRequest, scopeDate: string, nowMs: number): string {
  const text = request.headers.get('x-amz-date')?.join(',');
  if (text === undefined) {
    throw new SignatureError(
      'IncompleteSignatureException',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  const skewMs = parseAmzDate(text) - nowMs;
  const nowText = formatAmzDate(nowMs);
  if (skewMs < -maxSkewMs) {
    const message = `Signature expired: ${text} is now earlier than ${formatAmzDate(nowMs - maxSkewMs)} (${nowText} - 5 min.)`;
    throw new SignatureError('InvalidSignatureException', message);
  }
  if (skewMs > maxSkewMs) {
    const message = `Signature not yet current: ${text} is still later than ${formatAmzDate(nowMs + maxSkewMs)} (${nowText} + 5 min.)`;
    throw new SignatureError('InvalidSignatureException', message);
  }
  const day = text.slice(0, 8);
  if (day !== scopeDate) {
    const message = `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${day}', from '${text}'.`;
    throw new SignatureError('InvalidSignatureException', message);
  }
  return text;
}

/** @returns milliseconds since 1970 */
function parseAmzDate(text: string): number {
  const iso = text.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z');
  const atMs = iso === text ? Number.NaN : Date.parse(iso);
  if (!Number.isNaN(atMs)) return atMs;
  throw new SignatureError(
    'IncompleteSignatureException',
    `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}

/** `20261121T020000Z` */
function formatAmzDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
}

function isSame(expected: string, given: string): boolean {
  // By bytes: a character of the given one may be more than one.
  const [expectedBytes, givenBytes] = [Buffer.from(expected), Buffer.from(given)];
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}
