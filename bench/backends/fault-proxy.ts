import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../../local/loopback-server.ts';

/** A request that the proxy has received and not answered yet. */
export interface Proxied {
  readonly path: string;
  /** The operation, where it is a request of AWS JSON: `DynamoDB_20120810.GetItem`. */
  readonly operation: string | undefined;
  /** Of the body. */
  readonly bytes: number;
  /** The body, where it is a form. */
  readonly form: URLSearchParams;
  readonly response: ServerResponse;
  /** Sends the request on. */
  forward(): Promise<Forwarded>;
}

export interface Forwarded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FaultProxy {
  readonly url: string;
  /** Refuses connections while it does not listen, and closes the open ones. */
  setListening(isListening: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A proxy in front of a server on loopback. `answer` decides what happens to each request. */
export async function startFaultProxy(
  upstreamUrl: string,
  answer: (proxied: Proxied) => Promise<void>,
): Promise<FaultProxy> {
  const server = createServer(async (request, response) => {
    try {
      const body = await readBody(request, 64 * 1024);
      const forward = (path: string) => forwardTo(`${upstreamUrl}${path}`, request, body);
      const path = request.url ?? '/';
      const form = new URLSearchParams(body?.toString('utf8'));
      const operation = request.headers['x-amz-target']?.toString();
      const bytes = body?.length ?? 0;
      await answer({ path, operation, bytes, form, response, forward: () => forward(withoutInstance(path)) });
    } catch {
      // The client has gone away, or the proxy is being closed.
      response.destroy();
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async setListening(isListening) {
      if (isListening === server.listening) return;
      await (isListening ? listen(port) : close());
    },
    close,
  };
}

/** Each instance has its own path, `/{instance}/…`, which tells us who asks. */
export function instanceOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function withoutInstance(path: string): string {
  return path.replace(/^\/[^/]+/, '');
}

async function forwardTo(url: string, request: IncomingMessage, body: Buffer | undefined): Promise<Forwarded> {
  const names = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target'];
  const headers = names.flatMap((name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  const answer = await fetch(url, { method: 'POST', headers, body: body?.toString('utf8') ?? '' });
  const kept = ['content-type', 'retry-after', 'x-amzn-errortype'].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status: answer.status, headers: Object.fromEntries(kept), body: await answer.text() };
}

export function respond(response: ServerResponse, { status, headers, body }: Forwarded): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
