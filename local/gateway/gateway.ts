import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InstancePool } from '../lambda/instance-pool.ts';
import { FunctionError } from '../lambda/runtime-api.ts';
import { type LoopbackServer, listenOnLoopback, readBody } from '../loopback-server.ts';
import { accountId, type Caller, isAllowed, region } from './callers.ts';
import { type ProxyResult, parseProxyResult } from './proxy-result.ts';
import { apiId, buildRestEvent, matchRoute, type Route, stage } from './rest-event.ts';
import { SignatureError } from './signature-error.ts';
import { asSignedRequest, rawPath, type SignedRequest } from './signed-request.ts';
import { verifySignature } from './sigv4.ts';

export interface GatewayOptions {
  readonly port: number;
  readonly callers: Readonly<Record<string, Caller>>;
  readonly instances: Pick<InstancePool, 'invoke'>;
  /** Told of each request once it is answered. */
  readonly onAnswered: (answered: Answered) => void;
}

export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The local caller's name; undefined where the signature did not tell. */
  readonly caller: string | undefined;
  readonly source: string | undefined;
  readonly milliseconds: number;
  /** What went wrong inside the function, where something did. */
  readonly failure: string | undefined;
}

const maxBodyBytes = 10 * 1024 * 1024;

interface Answer extends ProxyResult {
  readonly caller?: string;
  readonly failure?: string;
}

/** API Gateway's part: who calls, whether it may, and the proxy event. Its refusals are worded as AWS words them. */
export async function startGateway({ port, callers, instances, onAnswered }: GatewayOptions): Promise<LoopbackServer> {
  const callersByKey = new Map(
    Object.entries(callers).map(([name, caller]) => [caller.accessKeyId, { ...caller, name }]),
  );
  const findKey = (accessKeyId: string) => callersByKey.get(accessKeyId);
  const signatureOptions = { region, service: 'execute-api', findKey, now: Date.now };

  async function answer(request: SignedRequest, requestId: string): Promise<Answer> {
    const route = matchRoute(rawPath(request));
    // A path that the API does not have is refused before anything else is looked at, with the same words.
    if (route === undefined) return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
    try {
      const { name, ...caller } = verifySignature(request, signatureOptions);
      const isGranted = isAllowed(caller, `${request.method}${route.path}`);
      const answered = isGranted
        ? await invoke(buildRestEvent(request, route, caller, { requestId, nowMs: Date.now() }))
        : refuseAccess(caller, request.method, route);
      return { ...answered, caller: name };
    } catch (error) {
      if (error instanceof SignatureError) return refuse(error.errorType, error.message);
      throw error;
    }
  }

  async function invoke(event: unknown): Promise<Answer> {
    try {
      return parseProxyResult(await instances.invoke(event));
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      return { ...message(502, 'Internal server error', 'InternalServerErrorException'), failure: error.message };
    }
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAtMs = performance.now();
    const requestId = randomUUID();
    const body = await readBody(incoming, maxBodyBytes);
    const request = asSignedRequest(incoming, body ?? Buffer.alloc(0));
    const answered =
      body === undefined
        ? message(413, 'Request Too Long', 'RequestTooLargeException')
        : await answer(request, requestId);
    respond(response, answered, request.method, requestId);
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

function respond(response: ServerResponse, { status, headers, body }: Answer, method: string, requestId: string): void {
  const ownHeaders = { 'x-amzn-requestid': requestId, 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...ownHeaders });
  response.end(method === 'HEAD' ? undefined : body);
}

function message(status: number, text: string, errorType: string): Answer {
  const headers = {
    'cache-control': 'no-store',
    'content-type': 'application/json',
    'x-amzn-errortype': errorType,
  };
  return { status, headers, body: JSON.stringify({ message: text }) };
}

function refuse(errorType: string, text: string): Answer {
  return message(403, text, errorType);
}

function refuseAccess(caller: Caller, method: string, { path }: Route): Answer {
  const resource = `arn:aws:execute-api:${region}:********${accountId.slice(-4)}:${apiId}/${stage}/${method}${path}`;
  return refuse(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: execute-api:Invoke on resource: ${resource}`,
  );
}
