import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InstancePool } from '../lambda/instance-pool.ts';
import { FunctionError } from '../lambda/runtime-api.ts';
import { type LoopbackServer, listenOnLoopback, readBody } from '../loopback-server.ts';
import { RateLimit } from '../rate-limit.ts';
import { type ApiKind, restApi } from './api-kind.ts';
import { accountId, type Caller, isAllowed, region } from './callers.ts';
import { GatewayError } from './gateway-error.ts';
import { httpApi } from './http-api.ts';
import { type ProxyResult, parseProxyResult } from './proxy-result.ts';
import { apiId, type Route, stage } from './rest-event.ts';
import { asSignedRequest, rawPath, type SignedRequest } from './signed-request.ts';
import { verifySignature } from './sigv4.ts';
import type { WebAcl } from './web-acl.ts';

export interface GatewayOptions {
  readonly port: number;
  /** The kind of API to play: a REST API unless it says `http`. */
  readonly api?: 'rest' | 'http' | undefined;
  readonly callers: Readonly<Record<string, Caller>>;
  readonly instances: Pick<InstancePool, 'invoke'>;
  /** Asked before anything else; undefined: there is none. */
  readonly webAcl?: Pick<WebAcl, 'judge'> | undefined;
  /** More are answered 429; undefined: any number. */
  readonly requestsPerSecond?: number | undefined;
  /** Called after each answer. */
  readonly onAnswered: (answered: Answered) => void;
}

export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The local caller's name; undefined where the signature names none. */
  readonly caller: string | undefined;
  readonly source: string | undefined;
  readonly milliseconds: number;
  /** What went wrong inside the function. */
  readonly failure: string | undefined;
}

const maxBodyBytes = 10 * 1024 * 1024;

interface Answer extends ProxyResult {
  readonly caller?: string;
  readonly failure?: string;
}

/** API Gateway's part: it identifies the caller, checks its permissions, and builds the proxy event. */
export async function startGateway(options: GatewayOptions): Promise<LoopbackServer> {
  const { port, callers, instances, webAcl, requestsPerSecond, onAnswered } = options;
  const api: ApiKind = options.api === 'http' ? httpApi : restApi;
  const rateLimit = requestsPerSecond === undefined ? undefined : new RateLimit(requestsPerSecond, Date.now);
  const callersByKey = new Map(
    Object.entries(callers).map(([name, caller]) => [caller.accessKeyId, { ...caller, name }]),
  );
  const findKey = (accessKeyId: string) => callersByKey.get(accessKeyId);
  const signatureOptions = { region, service: 'execute-api', findKey, now: Date.now };

  async function answer(request: SignedRequest, requestId: string): Promise<Answer> {
    const blocked = webAcl?.judge(request);
    if (blocked !== undefined) return blocked;
    const route = api.matchRoute(rawPath(request));
    // API Gateway checks the path first.
    if (route === undefined) return api.unknownPath;
    try {
      const { name, ...caller } = verifySignature(request, signatureOptions);
      const isGranted = isAllowed(caller, `${request.method}${route.path}`);
      if (!isGranted) return { ...api.refuse(accessDenied(caller, request.method, route)), caller: name };
      if (rateLimit?.tryEnter() === false) return { ...api.refuse(tooManyRequests), caller: name };
      const event = api.buildEvent(request, route, caller, { requestId, nowMs: Date.now() });
      return { ...(await invoke(event)), caller: name };
    } catch (error) {
      if (error instanceof GatewayError) return api.refuse(error);
      throw error;
    }
  }

  async function invoke(event: unknown): Promise<Answer> {
    try {
      return parseProxyResult(await instances.invoke(event));
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      return { ...api.refuse(internalError), failure: error.message };
    }
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAtMs = performance.now();
    const requestId = randomUUID();
    const body = await readBody(incoming, maxBodyBytes);
    const request = asSignedRequest(incoming, body ?? Buffer.alloc(0));
    const answered: Answer = body === undefined ? api.refuse(requestTooLong) : await answer(request, requestId);
    respond(response, answered, request.method, { [api.requestIdHeader]: requestId });
    onAnswered({
      method: request.method,
      path: rawPath(request),
      status: answered.status,
      caller: answered.caller,
      source: answered.headers['x-token-source'],
      milliseconds: performance.now() - startedAtMs,
      failure: answered.failure,
    });
  }

  return listenOnLoopback(serve, port);
}

const tooManyRequests = new GatewayError('TooManyRequestsException', 'Too Many Requests');
const requestTooLong = new GatewayError('RequestTooLargeException', 'Request Too Long');
const internalError = new GatewayError('InternalServerErrorException', 'Internal server error');

function respond(
  response: ServerResponse,
  { status, headers, body }: Answer,
  method: string,
  ownHeaders: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...headers, ...ownHeaders, 'content-length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : body);
}

function accessDenied(caller: Caller, method: string, { path }: Route): GatewayError {
  const resource = `arn:aws:execute-api:${region}:********${accountId.slice(-4)}:${apiId}/${stage}/${method}${path}`;
  return new GatewayError(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: execute-api:Invoke on resource: ${resource}`,
  );
}
