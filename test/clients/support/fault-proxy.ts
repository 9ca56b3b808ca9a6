import { type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { listenOnLoopback, readBody } from '../../../local/loopback-server.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** What becomes of a request instead of being passed on. */
export type Fault = (response: ServerResponse, request: SeenRequest) => void;

export interface FaultProxy {
  /** Stands for the vending service's own. */
  readonly endpoint: string;
  readonly seen: readonly SeenRequest[];
  /** The fingerprints that were reported. */
  readonly reports: readonly string[];
  /** What the next requests meet, one each; then they are passed on again. */
  next(...faults: Fault[]): void;
  /** What every request meets from now on; undefined: they are passed on. */
  always(fault: Fault | undefined): void;
  /** Holds requests back until it is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/** Passes requests on to the vending service as they are, and fails where a scenario wants it. */
export async function startFaultProxy(endpoint: string): Promise<FaultProxy> {
  const target = new URL(endpoint);
  const seen: SeenRequest[] = [];
  const queue: Fault[] = [];
  let fault: Fault | undefined;
  let held = Promise.resolve();

  const server = await listenOnLoopback(async (incoming, response) => {
    const body = (await readBody(incoming, 64 * 1024)) ?? Buffer.alloc(0);
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, form: new URLSearchParams(body.toString('utf8')) };
    seen.push(request);
    await held;
    const now = queue.shift() ?? fault;
    if (now === undefined) await passOn(incoming, body, response, target);
    else now(response, request);
  });

  return {
    endpoint: server.url + target.pathname,
    seen,
    get reports() {
      return seen.flatMap(({ form }) => form.getAll('rejected_token_sha256'));
    },
    next(...faults) {
      queue.push(...faults);
    },
    always(next) {
      fault = next;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    close: server.close,
  };
}

/** The host stays as it was signed. */
async function passOn(incoming: IncomingMessage, body: Buffer, response: ServerResponse, { hostname, port }: URL) {
  const { method, url: path, headers } = incoming;
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    openRequest({ hostname, port, method, path, headers, agent: false }, resolve).once('error', reject).end(body);
  });
  response.writeHead(answered.statusCode ?? 502, answered.rawHeaders);
  await pipeline(answered, response);
}

export const dropped: Fault = (response) => response.destroy();

/** A refusal as the service words it. */
export function refusal(status: number, error: string, headers: Record<string, string> = {}): Fault {
  return answered(status, { error, error_description: `This is ${error}.` }, headers);
}

/** What an HTTP API answers itself. */
export function httpApiRefusal(status: number, message: string): Fault {
  return (response) => {
    const headers = { 'content-type': 'application/json', 'apigw-requestid': 'request-of-the-http-api' };
    response.writeHead(status, headers).end(JSON.stringify({ message }));
  };
}

export function answered(status: number, body: unknown, headers: Record<string, string> = {}): Fault {
  return (response) => {
    const all = { 'content-type': 'application/json', 'x-amzn-requestid': 'request-of-the-proxy', ...headers };
    response.writeHead(status, all).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}
