import type { APIGatewayProxyEvent } from 'aws-lambda';
import { RequestError } from './errors.ts';

export const maxBodyBytes = 8 * 1024;

const noFields: ReadonlyMap<string, string> = new Map();

/**
 * Reads the `application/x-www-form-urlencoded` body of an event strictly: RFC 6749 §3.2 and appendix B. A field without
 * a value counts as not given. Pure.
 *
 * @throws RequestError where the body is over 8 KiB, not a form, malformed, or repeats a field
 */
export function parseFormBody(event: APIGatewayProxyEvent): ReadonlyMap<string, string> {
  const body: unknown = event.body;
  if (body === null || body === undefined || body === '') return noFields;
  if (typeof body !== 'string') throw new RequestError('body_malformed');
  const bytes = Buffer.from(body, event.isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new RequestError('body_too_large');
  }
  if (!isForm(contentType(event))) {
    throw new RequestError('body_not_a_form');
  }
  return parseFields(decodeUtf8(bytes));
}

/** API Gateway passes header names on as the caller spelled them. */
function contentType({ headers }: APIGatewayProxyEvent): unknown {
  const name = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === 'content-type');
  return name === undefined ? undefined : headers[name];
}

function isForm(type: unknown): boolean {
  if (typeof type !== 'string') return false;
  const [mediaType, ...parameters] = type.toLowerCase().split(';');
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
    if (fields.has(name)) throw new RequestError('field_repeated');
    fields.set(name, decodeFormText(pair.slice(equals + 1)));
  }
  return fields;
}

function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new RequestError('body_malformed');
  }
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Bytes that are not UTF-8 become U+FFFD, here or already in a REST API. A form has no use for it (WHATWG URL §5.1).
  if (text.includes('\ufffd')) throw new RequestError('body_malformed');
  return text;
}
