import { VendError } from '../shared/errors.ts';

export const maxBodyBytes = 8 * 1024;

/** What API Gateway says of a body: text or Base64, null when there is none. */
export interface RawBody {
  readonly body: unknown;
  readonly isBase64Encoded: unknown;
  readonly contentType: unknown;
}

const noFields: ReadonlyMap<string, string> = new Map();

/**
 * Reads an `application/x-www-form-urlencoded` body strictly: RFC 6749 §3.2 and appendix B. A field without a value
 * counts as not given. Pure.
 *
 * @throws VendError `invalid_request`: 413 over 8 KiB, 415 not a form, 400 malformed or with a repeated field
 */
export function parseFormBody(raw: RawBody): ReadonlyMap<string, string> {
  if (raw.body === null || raw.body === undefined || raw.body === '') return noFields;
  if (typeof raw.body !== 'string') throw malformed();
  const bytes = Buffer.from(raw.body, raw.isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new VendError('invalid_request', `The body is larger than ${maxBodyBytes} bytes.`, { status: 413 });
  }
  if (!isForm(raw.contentType)) {
    throw new VendError('invalid_request', 'The body must be application/x-www-form-urlencoded.', { status: 415 });
  }
  return parseFields(decodeUtf8(bytes));
}

function isForm(contentType: unknown): boolean {
  if (typeof contentType !== 'string') return false;
  const [mediaType, ...parameters] = contentType.toLowerCase().split(';');
  if (mediaType?.trim() !== 'application/x-www-form-urlencoded') return false;
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset);
}

function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    if (equals === -1 || equals === pair.length - 1) continue;
    const name = decodeFormText(pair.slice(0, equals));
    if (fields.has(name)) throw new VendError('invalid_request', 'A field is given more than once.');
    fields.set(name, decodeFormText(pair.slice(equals + 1)));
  }
  return fields;
}

function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw malformed();
  }
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Bytes that are not UTF-8 become U+FFFD, here or already in a REST API. A form has no use for it (WHATWG URL §5.1).
  if (text.includes('\ufffd')) throw malformed();
  return text;
}

// The description repeats nothing of the body: an OAuth client may have put a client_secret there.
function malformed(): VendError {
  return new VendError('invalid_request', 'The body is not a form in UTF-8.');
}
