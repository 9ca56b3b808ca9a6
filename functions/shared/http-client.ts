import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

// node:https rather than fetch: the first fetch of a process loads undici, which costs a cold start about 28 ms. It
// also follows no redirect, which for a token request would carry the client secret to another host.

export interface HttpRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
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

const maxAnswerBytes = 64 * 1024;

/** Without it a host that drops packets would use up the whole time of an invocation. */
const connectTimeoutMs = 2_000;

/** Sends one request over a kept-alive connection, follows no redirect, and reads at most 64 KiB. */
export function createSend(): Send {
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });

  function open(request: HttpRequest): ClientRequest {
    const { method } = request;
    const headers = {
      ...request.headers,
      'accept-encoding': 'identity',
      'content-length': Buffer.byteLength(request.body),
    };
    return request.url.startsWith('https:')
      ? httpsRequest(request.url, { method, headers, agent: httpsAgent })
      : httpRequest(request.url, { method, headers, agent: httpAgent });
  }

  return async function send(request, timeoutMs) {
    if (timeoutMs <= 0) throw new HttpError('timeout');
    return exchangeOnce(open(request), request.body, timeoutMs);
  };
}

function exchangeOnce(request: ClientRequest, body: string, timeoutMs: number): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const timers = [setTimeout(() => fail(new HttpError('timeout')), timeoutMs)];
    request.on('socket', (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(() => fail(new HttpError('connection_failed', 'ETIMEDOUT')), connectTimeoutMs);
      timers.push(timer);
      socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    });
    request.on('close', () => timers.forEach(clearTimeout));
    function fail(error: HttpError): void {
      reject(error);
      request.destroy();
    }
    function failWith(error: NodeJS.ErrnoException): void {
      fail(new HttpError(judgeNetworkError(error, request.protocol), error.code));
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
    request.end(body);
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
