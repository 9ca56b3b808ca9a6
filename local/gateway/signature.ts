import { createHash, createHmac } from 'node:crypto';
import { rawPath, rawQuery, type SignedRequest, splitAtFirst } from './signed-request.ts';

export interface SignatureScope {
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/**
 * The signature that a request must have, in hexadecimal digits. This code follows the specification and shares nothing with
 * the signers that the tests use. It always hashes the body that arrived, whatever hash the caller claims.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @param amzDate the header `x-amz-date` as it was sent
 */
export function computeSignature(
  request: SignedRequest,
  signedHeaders: readonly string[],
  secretAccessKey: string,
  amzDate: string,
  scope: SignatureScope,
): string {
  const scopeParts = [scope.date, scope.region, scope.service, 'aws4_request'];
  const canonicalRequest = createCanonicalRequest(request, signedHeaders);
  const stringToSign = ['AWS4-HMAC-SHA256', amzDate, scopeParts.join('/'), sha256(canonicalRequest)].join('\n');
  const key = scopeParts.reduce<string | Buffer>((parent, part) => hmac(parent, part), `AWS4${secretAccessKey}`);
  return hmac(key, stringToSign).toString('hex');
}

function sha256(content: string | Buffer): string {
  // Node gives targets and headers one character per byte: as Latin-1 they are the bytes that were sent.
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return createHash('sha256').update(bytes).digest('hex');
}

function createCanonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  return [
    request.method,
    // Encoded once more, although the target is encoded already. Dot segments stay, because no resource of the API has any.
    rawPath(request).replace(/[^/]/g, encodeCharacter),
    canonicalQuery(rawQuery(request)),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(request.headers.get(name) ?? [])}`),
    '',
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

function canonicalValue(values: readonly string[]): string {
  return values.map((value) => value.trim().replace(/\s+/g, ' ')).join(',');
}

/** Sorted by name, then by value, without the signature of a presigned request. A space is `%20`, and `+` is a plus sign. */
function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => splitAtFirst(parameter, '=').map(normalizeEncoding) as [string, string])
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map((pair) => pair.join('='))
    .join('&');
}

/** However the caller encoded it: encodes everything except the unreserved characters of RFC 3986. */
function normalizeEncoding(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})|./gs, (character, hex: string | undefined) =>
    encodeCharacter(hex === undefined ? character : String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

function encodeCharacter(character: string): string {
  if (/[A-Za-z0-9._~-]/.test(character)) return character;
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest();
}
