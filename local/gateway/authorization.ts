import { createHash } from 'node:crypto';
import { GatewayError } from './gateway-error.ts';
import { rawQuery, type SignedRequest, splitAtFirst } from './signed-request.ts';

/** What a request says about its signature, in its headers or, if presigned, in its query. */
export interface Authorization {
  readonly accessKeyId: string;
  /** Empty where there is none. */
  readonly sessionToken: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `x-amz-date` as it was sent; undefined where there is none. */
  readonly amzDate: string | undefined;
  /** How long a presigned request says it is valid. */
  readonly expiresSeconds: number | undefined;
  /** In the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** The parameters of a presigned request. None of them reaches the function. */
export const presignedParameters = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
] as const;

const optionalParameters: ReadonlySet<string> = new Set(['X-Amz-Expires', 'X-Amz-Security-Token']);

const algorithm = 'AWS4-HMAC-SHA256';
const maxExpiresSeconds = 7 * 86_400;

/** @throws GatewayError whose message shows at most a hash of the header: it may hold a bearer token */
export function parseAuthorization(request: SignedRequest): Authorization {
  const header = request.headers.get('authorization')?.join(', ');
  if (header !== undefined) return parseHeader(header, request);
  const query = new URLSearchParams(rawQuery(request).replaceAll('+', '%2B'));
  if (query.has('X-Amz-Algorithm')) return parseQuery(query);
  throw new GatewayError('MissingAuthenticationTokenException', 'Missing Authentication Token');
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
function parseHeader(header: string, { headers }: SignedRequest): Authorization {
  const [scheme, rest] = splitAtFirst(header, ' ');
  const hash = createHash('sha256').update(header).digest('base64');
  if (scheme !== algorithm) {
    throw incomplete(
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
    );
  }
  const parts = new Map(rest.split(',').map((part) => splitAtFirst(part.trim(), '=')));
  const missing = ['Credential', 'SignedHeaders', 'Signature'].filter((name) => !parts.get(name));
  const hashed = `(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`;
  if (missing.length > 0) {
    throw incomplete(
      `${missing.map((name) => `Authorization header requires '${name}' parameter. `).join('')}${hashed}`,
    );
  }
  return {
    ...parseCredential(parts.get('Credential') ?? '', hashed),
    sessionToken: headers.get('x-amz-security-token')?.join(',') ?? '',
    amzDate: headers.get('x-amz-date')?.join(','),
    expiresSeconds: undefined,
    signedHeaders: (parts.get('SignedHeaders') ?? '').split(';'),
    signature: parts.get('Signature') ?? '',
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, "query string parameters" */
function parseQuery(query: URLSearchParams): Authorization {
  const missing = presignedParameters.filter((name) => !optionalParameters.has(name) && !query.get(name));
  if (missing.length > 0 || query.get('X-Amz-Algorithm') !== algorithm) {
    const names = (missing.length > 0 ? missing : ['X-Amz-Algorithm']).map((name) => `'${name}'`).join(', ');
    throw incomplete(`AWS query-string parameters must include ${names}. Re-examine the query-string parameters.`);
  }
  return {
    ...parseCredential(query.get('X-Amz-Credential') ?? '', 'Re-examine the query-string parameters.'),
    sessionToken: query.get('X-Amz-Security-Token') ?? '',
    amzDate: query.get('X-Amz-Date') ?? undefined,
    expiresSeconds: parseExpires(query.get('X-Amz-Expires')),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
  };
}

function parseCredential(
  credential: string,
  where: string,
): Pick<Authorization, 'accessKeyId' | 'date' | 'region' | 'service'> {
  const [accessKeyId = '', date = '', region = '', service = '', terminator, ...more] = credential.split('/');
  if (terminator === 'aws4_request' && more.length === 0) return { accessKeyId, date, region, service };
  throw incomplete(
    `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term. ${where}`,
  );
}

function parseExpires(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw incomplete('X-Amz-Expires should be a number');
  if (Number(text) <= maxExpiresSeconds) return Number(text);
  throw incomplete('X-Amz-Expires must be less than a week (in seconds); that is, less than 604800');
}

function incomplete(message: string): GatewayError {
  return new GatewayError('IncompleteSignatureException', message);
}
