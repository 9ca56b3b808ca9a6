import type { HttpResponse } from '../runtime/http-client.ts';

/**
 * Reads the body of a token endpoint's answer: JSON whatever it is labelled as, for many servers label it wrongly, and a
 * form where it is labelled as one or as plain text, as golang/oauth2 does. Pure.
 *
 * @returns undefined when it is neither
 */
export function parseAnswerBody({ headers, body }: HttpResponse): unknown {
  const text = decodeUtf8(body);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return isForm(headers['content-type']) ? parseForm(text) : undefined;
  }
}

const formTypes = new Set(['application/x-www-form-urlencoded', 'text/plain']);

function isForm(contentType = ''): boolean {
  return formTypes.has(contentType.toLowerCase().split(';', 1)[0]?.trim() ?? '');
}

/** A form in which a field is repeated could be read in two ways: it is not read at all. */
function parseForm(text: string): object | undefined {
  const fields = [...new URLSearchParams(text)];
  const form = Object.fromEntries(fields);
  return Object.keys(form).length === fields.length ? form : undefined;
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
