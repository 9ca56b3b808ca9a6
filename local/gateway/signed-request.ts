import type { IncomingMessage } from 'node:http';

/** A request as it arrived, with nothing decoded: the signature covers what was sent. */
export interface SignedRequest {
  readonly method: string;
  /** The raw request target, path and query. */
  readonly target: string;
  /** Lower-case name → values in the order of arrival. A map, because a caller may name a header `__proto__`. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The names are spelled as the caller did. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export function asSignedRequest(incoming: IncomingMessage, body: Buffer): SignedRequest {
  const rawHeaders: [string, string][] = [];
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = incoming.rawHeaders.slice(index, index + 2);
    rawHeaders.push([name, value]);
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return { method: incoming.method ?? 'GET', target: incoming.url ?? '/', headers, rawHeaders, body };
}

/** The path of the request target, still encoded. */
export function rawPath({ target }: SignedRequest): string {
  return splitAtFirst(target, '?')[0];
}

/** The query of the request target, still encoded and without its question mark. */
export function rawQuery({ target }: SignedRequest): string {
  return splitAtFirst(target, '?')[1];
}

export function splitAtFirst(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
