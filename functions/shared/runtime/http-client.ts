import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { EarlyRequests } from './early-requests.ts';

// node:https rather than fetch: the first fetch of a process loads undici, which costs a cold start about 17 ms. It also
// follows no redirect, which for a token request would carry the client secret to another host.

/** A POST; there is nothing else to send. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Of the answer; 64 KiB unless given. */
  readonly maxAnswerBytes?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** `tls_failed`: the connection cannot be trusted. `answer_malformed`: the answer is not HTTP, or its headers are too large. */
export type HttpFailure =
  | 'timeout'
  | 'connection_failed'
  | 'tls_failed'
  | 'answer_malformed'
  | 'answer_too_large'
  | 'answer_encoded';

/** No complete answer came. `networkCode` is Node's word for it, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly failure: HttpFailure;
  readonly networkCode: string | undefined;

  constructor(failure: HttpFailure, networkCode?: string) {
    super(networkCode === undefined ? failure : `${failure}: ${networkCode}`);
    this.failure = failure;
    this.networkCode = networkCode;
  }
}

/** By its name: the vending function's two files each have a class of their own (`infra/bundling.ts`). */
export function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && error.name === 'HttpError';
}

/**
 * Always settles within `timeoutMs`, whatever the server does.
 *
 * @throws HttpError when no complete answer has come within `timeoutMs`, the connection fails, or the answer is too large
 */
export type Send = (request: HttpRequest, timeoutMs: number) => Promise<HttpResponse>;

const defaultMaxAnswerBytes = 64 * 1024;

/** Without it, a host that drops packets would use up the whole time of an invocation. */
const connectTimeoutMs = 2_000;

/**
 * A connection that has been idle for longer is not used again. Its other end may have vanished without a word (a NAT
 * gateway, a firewall, a frozen instance), and a request on it would wait for its whole time. A new handshake costs 2 round
 * trips, and only exchanges minutes apart pay for it.
 */
const maxIdleMs = 4_000;

export interface HttpClient {
  /** Sends one request, follows no redirect, and reads no more than it is allowed to. */
  readonly send: Send;
  /**
   * Opens the connection that the next request to this URL takes if it is sent within 5 s. Returns nothing: where
   * connecting fails, the request tries again and reports it.
   */
  readonly connect: (url: string) => void;
}

/** @param now milliseconds, never going back; it tells how long a connection has been idle, also across a freeze */
export function createHttpClient(now: () => number = Date.now): HttpClient {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const idleSinceMs = new WeakMap<Socket, number>();
  for (const agent of Object.values(agents)) {
    agent.on('free', (socket: Socket) => idleSinceMs.set(socket, now()));
  }
  const early = new EarlyRequests(now);

  function dropIdle(agent: HttpAgent): void {
    for (const sockets of Object.values(agent.freeSockets)) {
      for (const socket of sockets ?? []) {
        if (now() - (idleSinceMs.get(socket) ?? 0) > maxIdleMs) socket.destroy();
      }
    }
  }

  /** Connects at once. Nothing is sent before the request is ended. */
  function open(url: string): ClientRequest {
    const isHttps = url.startsWith('https:');
    const agent = isHttps ? agents.https : agents.http;
    dropIdle(agent);
    const request = (isHttps ? httpsRequest : httpRequest)(url, { method: 'POST', agent });
    limitConnecting(request);
    return request;
  }

  return {
    connect: (url) => early.add(url, open),
    async send(content, timeoutMs) {
      if (timeoutMs <= 0) throw new HttpError('timeout');
      const request = early.take(content.url) ?? open(content.url);
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new HttpError('timeout')), timeoutMs);
      });
      try {
        return await Promise.race([exchangeOnce(request, content), timeout]);
      } catch (error) {
        request.destroy();
        throw error instanceof HttpError ? error : asHttpError(error as NodeJS.ErrnoException, request.protocol);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function exchangeOnce(request: ClientRequest, content: HttpRequest): Promise<HttpResponse> {
  const answer = responseTo(request);
  for (const [name, value] of Object.entries(content.headers)) request.setHeader(name, value);
  request.setHeader('accept-encoding', 'identity');
  request.setHeader('content-length', Buffer.byteLength(content.body));
  request.end(content.body);
  const response = await answer;
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw new HttpError('answer_encoded');
  const body = await readBody(response, content.maxAnswerBytes ?? defaultMaxAnswerBytes);
  return { status: response.statusCode ?? 0, headers: singleHeaders(response), body };
}

/** The head of the answer. A connection can also end without an error and without an answer; then only `close` says so. */
function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new HttpError('answer_malformed', 'UPGRADE'));
    });
    request.on('error', reject);
    request.once('close', () => reject(new HttpError('connection_failed', 'ECONNRESET')));
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new HttpError('answer_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Gives up on a new connection that takes too long. With TLS it is there only after the handshake. */
function limitConnecting(request: ClientRequest): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timeout = new HttpError('connection_failed', 'ETIMEDOUT');
    const timer = setTimeout(() => request.destroy(timeout), connectTimeoutMs);
    socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    request.once('close', () => clearTimeout(timer));
  });
}

function asHttpError(error: NodeJS.ErrnoException, protocol: string): HttpError {
  return new HttpError(judgeNetworkError(error, protocol), error.code);
}

/** What a network error means. Exported for its test: a host with several addresses cannot be had everywhere. */
export function judgeNetworkError(error: NodeJS.ErrnoException, protocol: string): HttpFailure {
  const { code = '', syscall } = error;
  if (code.startsWith('HPE_')) return 'answer_malformed';
  // Errors of OpenSSL and of Node's own certificate check come from no system call. Neither do a hang-up and the error that
  // gathers those of a host's several addresses.
  const isNetwork = syscall !== undefined || code === 'ECONNRESET' || error instanceof AggregateError;
  return protocol === 'https:' && (code === 'EPROTO' || !isNetwork) ? 'tls_failed' : 'connection_failed';
}

function singleHeaders(response: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
