import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Fetch } from '../http/fetch.ts';
import type { VendingClient } from '../vending-client.ts';
import { VendingError } from '../vending-error.ts';
import { readRepeatableBody } from './proxy-body.ts';
import { forwardedHeaders, returnedHeaders } from './proxy-headers.ts';

export interface ProxyCommand {
  readonly provider: string;
  readonly scope: string | undefined;
  readonly to: URL;
  readonly port: number;
}

/**
 * Serves the provider's API on loopback. Web pages cannot use it: a browser names a foreign host, or a foreign origin.
 *
 * @returns the proxy's URL, once it listens
 */
export async function serveProxy(client: VendingClient, { provider, scope, to, port }: ProxyCommand): Promise<string> {
  const send = client.authorizedFetch(provider, { scope });
  const hosts = new Set<string>();
  const server = createServer((request, response) => {
    answer(request, response, { hosts, send, to }).catch((error) => fail(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  for (const name of ['127.0.0.1', 'localhost']) hosts.add(`${name}:${bound}`);
  return `http://127.0.0.1:${bound}`;
}

interface Proxying {
  readonly hosts: ReadonlySet<string>;
  readonly send: Fetch;
  readonly to: URL;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { hosts, send, to }: Proxying,
): Promise<void> {
  if (!hosts.has(request.headers.host ?? '')) return refuse(response, 403, 'This proxy answers to 127.0.0.1 only.');
  const { origin } = request.headers;
  if (origin !== undefined && !hosts.has(origin.replace('http://', ''))) {
    return refuse(response, 403, 'This proxy serves no web pages.');
  }
  const url = targetOf(to, request.url ?? '/');
  if (url === undefined) return refuse(response, 400, 'This is not a path of the API.');
  const method = request.method ?? 'GET';
  const body = await readRepeatableBody(request);
  const abort = new AbortController();
  response.once('close', () => abort.abort());
  const answered = await send(url, {
    method,
    headers: forwardedHeaders(request),
    redirect: 'manual',
    signal: abort.signal,
    // A stream's length is not known beforehand.
    ...(body !== undefined && { body, duplex: 'half' }),
  });
  response.writeHead(answered.status, returnedHeaders(answered));
  if (answered.body === null) response.end();
  else await pipeline(Readable.fromWeb(answered.body as Parameters<typeof Readable.fromWeb>[0]), response);
}

/** The path below the API's own. Whatever leads elsewhere is undefined: the token goes to that API only. */
function targetOf(to: URL, target: string): URL | undefined {
  if (!target.startsWith('/')) return undefined;
  const base = to.pathname.replace(/\/+$/, '');
  const url = new URL(to.origin + base + target);
  return url.origin === to.origin && url.pathname.startsWith(`${base}/`) ? url : undefined;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${message}\n`);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const reason = error instanceof VendingError ? `There is no token: ${error.message}` : 'The API cannot be reached.';
  process.stderr.write(`token-vending: ${reason}\n`);
  refuse(response, 502, reason);
}
