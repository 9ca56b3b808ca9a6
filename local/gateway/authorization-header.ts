import { createHash } from 'node:crypto';
import { SignatureError } from './signature-error.ts';
import { splitAtFirst } from './signed-request.ts';

/** What an `Authorization` header of the algorithm AWS4-HMAC-SHA256 says. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** In the order that the caller gave, which is the order that it signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** @throws SignatureError that shows the header's hash only: it may hold somebody's bearer token */
export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined) {
    throw new SignatureError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [scheme, rest] = splitAtFirst(header, ' ');
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
