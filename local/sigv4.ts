import { createHash, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

/** A request as it arrived: nothing decoded, header names in lower case. */
export interface SignedRequest {
  readonly method: string;
  /** The raw request target, path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** API Gateway's own words for what is wrong, and the value of its `x-amzn-errortype` header. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
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
export async function verifySignature<K extends Key>(request: SignedRequest, options: VerifyOptions<K>): Promise<K> {
  const authorization = parseAuthorization(request.headers['authorization']);
  const key = options.findKey(authorization.accessKeyId);
  if (key === undefined) {
    throw new SignatureError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  assertScope(authorization, options);
  assertSignedHeaders(request, authorization.signedHeaders);
  const signingDate = parseSigningDate(request, authorization.date, options.now());
  const expected = await sign(request, authorization.signedHeaders, key, signingDate, options);
  if (!isSame(expected, authorization.signature)) {
    throw new SignatureError(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  return key;
}

interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined) {
    throw new SignatureError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [scheme, rest] = splitAtFirst(header, ' ');
  // API Gateway answers with a hash of the header, too: it may hold somebody's bearer token.
  const hash = createHash('sha256').update(header).digest('base64');
  if (scheme !== 'AWS4-HMAC-SHA256') {
    throw new SignatureError(
      'IncompleteSignatureException',
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
    );
  }
  const parts = new Map(rest.split(',').map((part) => splitAtFirst(part.trim(), '=')));
  const missing = ['Credential', 'SignedHeaders', 'Signature'].filter((name) => !parts.get(name));
  const scope = (parts.get('Credential') ?? '').split('/');
  const [accessKeyId = '', date = '', region = '', service = '', terminator] = scope;
  if (missing.length > 0 || scope.length !== 5 || terminator !== 'aws4_request') {
    const complaints = missing.map((name) => `Authorization header requires '${name}' parameter. `).join('');
    throw new SignatureError(
      'IncompleteSignatureException',
      `${complaints || 'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term. '}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`,
    );
  }
  const signedHeaders = (parts.get('SignedHeaders') ?? '').split(';');
  return { accessKeyId, date, region, service, signedHeaders, signature: parts.get('Signature') ?? '' };
}

function assertScope(authorization: Authorization, { region, service }: { region: string; service: string }): void {
  const complaints = [
    authorization.region === region
      ? []
      : `Credential should be scoped to a valid region, not '${authorization.region}'. `,
    authorization.service === service ? [] : `Credential should be scoped to correct service: '${service}'. `,
  ].flat();
  if (complaints.length > 0) throw new SignatureError('InvalidSignatureException', complaints.join(''));
}

/** A header that AWS itself reads must be signed, or somebody on the way could change what was meant. */
function assertSignedHeaders(request: SignedRequest, signedHeaders: readonly string[]): void {
  const needed = Object.keys(request.headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const unsigned = needed.filter((name) => !signedHeaders.includes(name));
  if (unsigned.includes('host')) {
    throw new SignatureError(
      'InvalidSignatureException',
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  if (unsigned.length > 0) {
    throw new SignatureError(
      'InvalidSignatureException',
      `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
    );
  }
}

function parseSigningDate(request: SignedRequest, scopeDate: string, nowMs: number): Date {
  const text = request.headers['x-amz-date'] ?? '';
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (match === null) {
    throw new SignatureError(
      'IncompleteSignatureException',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  const [, year, month, day, hours, minutes, seconds] = match;
  const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  const skewMs = date.getTime() - nowMs;
  const nowText = formatAmzDate(nowMs);
  if (skewMs < -maxSkewMs) {
    const message = `Signature expired: ${text} is now earlier than ${formatAmzDate(nowMs - maxSkewMs)} (${nowText} - 5 min.)`;
    throw new SignatureError('InvalidSignatureException', message);
  }
  if (!(skewMs <= maxSkewMs)) {
    const message = `Signature not yet current: ${text} is still later than ${formatAmzDate(nowMs + maxSkewMs)} (${nowText} + 5 min.)`;
    throw new SignatureError('InvalidSignatureException', message);
  }
  if (!text.startsWith(scopeDate)) {
    const message = `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${text.slice(0, 8)}', from '${text}'.`;
    throw new SignatureError('InvalidSignatureException', message);
  }
  return date;
}

/** `20261121T020000Z` */
function formatAmzDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
}

async function sign(
  request: SignedRequest,
  signedHeaders: readonly string[],
  credentials: Key,
  signingDate: Date,
  { region, service }: { region: string; service: string },
): Promise<string> {
  const [path, query] = splitAtFirst(request.target, '?');
  // What the caller says of the body's hash counts for nothing: it is computed from the body that arrived.
  const headers = Object.fromEntries(
    signedHeaders.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])),
  );
  const claimedHash = headers['x-amz-content-sha256'];
  if (claimedHash !== undefined && claimedHash !== createHash('sha256').update(request.body).digest('hex')) return '';
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const signed = await signer.sign(
    new HttpRequest({ method: request.method, path, query: parseQuery(query), headers, body: request.body }),
    { signingDate, signableHeaders: new Set(signedHeaders) },
  );
  return /Signature=([0-9a-f]+)/.exec(signed.headers['authorization'] ?? '')?.[1] ?? '';
}

/** In a SigV4 query a space is `%20`, and `+` is a plus sign. */
function parseQuery(query: string): Record<string, string[]> {
  const parameters: Record<string, string[]> = {};
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name, value] = splitAtFirst(pair, '=').map(decodeLeniently) as [string, string];
    parameters[name] = [...(parameters[name] ?? []), value];
  }
  return parameters;
}

function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function isSame(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
