import type { IncomingMessage } from 'node:http';

/** Headers of one connection, not of the request (RFC 9110 §7.6.1), and those that fetch sets itself. */
const ownOfConnection = new Set([
  'authorization',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function forwardedHeaders({ headersDistinct, headers }: IncomingMessage): Headers {
  const named = (headers.connection ?? '').toLowerCase().split(/[\s,]+/);
  const forwarded = new Headers();
  for (const [name, values] of Object.entries(headersDistinct)) {
    if (ownOfConnection.has(name) || named.includes(name)) continue;
    for (const value of values ?? []) forwarded.append(name, value);
  }
  return forwarded;
}

/** fetch has decoded the body already. */
const ofTheEncodedBody = new Set(['content-encoding', 'content-length']);

/** Names and values in turn, as a header may come more than once. */
export function returnedHeaders({ headers }: Response): string[] {
  return [...headers].filter(([name]) => !ownOfConnection.has(name) && !ofTheEncodedBody.has(name)).flat();
}
