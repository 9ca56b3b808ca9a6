import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { EarlyRequests } from './early-requests.ts';

// node:https rather than fetch: the first fetch of a process loads undici, which costs a cold start about 17 ms. It also
// follows no redirect, which for a token request would carry the client secret to another host.

/** A POST; there is nothing else to send. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Of the answer; 64 KiB unless said. */
  readonly maxAnswerBytes?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/**
 * `tls_failed`: the connection is there but is not to be trusted. `answer_malformed`: what came is no HTTP, or its
 * headers are too large. The others are what they say.
 */
export type HttpFailure =
  | 'timeout'
  | 'connection_failed'
  | 'tls_failed'
  | 'answer_malformed'
  | 'answer_too_large'
  | 'answer_encoded';

/** No whole answer came. `networkCode` is Node's own word for it, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
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

/** @throws HttpError when no whole answer has come within `timeoutMs`, the connection fails, or it is too large. */
export type Send = (request: HttpRequest, timeoutMs: number) => Promise<HttpResponse>;

const defaultMaxAnswerBytes = 64 * 1024;

/** Without it a host that drops packets would use up the whole time of an invocation. */
const connectTimeoutMs = 2_000;

export interface HttpClient {
  /** Sends one request over a kept-alive connection, follows no redirect, and reads no more than it is allowed to. */
  readonly send: Send;
  /**
   * Opens the connection that the next request to this URL takes if it is sent within 5 s. Answers nothing: where
   * connecting fails, the request tries again and finds out.
   */
  readonly connect: (url: string) => void;
}

/** @param now wall clock, milliseconds since 1970 */
export function createHttpClient(now: () => number = Date.now): HttpClient {
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  const early = new EarlyRequests(now);

  /** Connects at once; nothing is sent before the request's end. */
  function open(url: string): ClientRequest {
    const request = url.startsWith('https:')
      ? httpsRequest(url, { method: 'POST', agent: httpsAgent })
      : httpRequest(url, { method: 'POST', agent: httpAgent });
    limitConnecting(request);
    return request;
  }

  return {
    connect: (url) => early.add(url, open),
    async send(request, timeoutMs) {
      if (timeoutMs <= 0) throw new HttpError('timeout');
      return exchangeOnce(early.take(request.url) ?? open(request.url), request, timeoutMs);
    },
  };
}

function exchangeOnce(request: ClientRequest, content: HttpRequest, timeoutMs: number): Promise<HttpResponse> {
  const maxAnswerBytes = content.maxAnswerBytes ?? defaultMaxAnswerBytes;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new HttpError('timeout')), timeoutMs);
    request.on('close', () => clearTimeout(timer));
    function fail(error: HttpError): void {
      reject(error);
      request.destroy();
    }
    function failWith(error: NodeJS.ErrnoException): void {
      fail(error instanceof HttpError ? error : new HttpError(judgeNetworkError(error, request.protocol), error.code));
    }
    request.on('error', failWith);
    request.on('response', (response) => {
      const encoding = response.headers['content-encoding'];
      if (encoding !== undefined && encoding !== 'identity') return fail(new HttpError('answer_encoded'));
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', failWith);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxAnswerBytes) fail(new HttpError('answer_too_large'));
        else chunks.push(chunk);
      });
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: singleHeaders(response),
          body: Buffer.concat(chunks),
        });
      });
    });
    const headers = { ...content.headers, 'accept-encoding': 'identity' };
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    request.setHeader('content-length', Buffer.byteLength(content.body));
    request.end(content.body);
  });
}

/** Gives up on a new connection that takes too long; with TLS it is there only after the handshake. */
function limitConnecting(request: ClientRequest): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timeout = new HttpError('connection_failed', 'ETIMEDOUT');
    const timer = setTimeout(() => request.destroy(timeout), connectTimeoutMs);
    socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    request.once('close', () => clearTimeout(timer));
  });
}

function judgeNetworkError({ code = '', syscall }: NodeJS.ErrnoException, protocol: string): HttpFailure {
  if (code.startsWith('HPE_')) return 'answer_malformed';
  // What OpenSSL and Node's own check of the certificate say comes from no system call; a hang-up does not either.
  const isTls = protocol === 'https:' && (code === 'EPROTO' || (syscall === undefined && code !== 'ECONNRESET'));
  return isTls ? 'tls_failed' : 'connection_failed';
}

function singleHeaders(response: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
