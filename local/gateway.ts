import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { accountId, type Caller, isAllowed, region } from './callers.ts';
import type { InstancePool } from './lambda/instance-pool.ts';
import { FunctionError } from './lambda/runtime-api.ts';
import { type LoopbackServer, listenOnLoopback, readBody } from './loopback-server.ts';
import { apiId, buildRestEvent, matchRoute, stage } from './rest-event.ts';
import { SignatureError, type SignedRequest, verifySignature } from './sigv4.ts';

export interface GatewayOptions {
  readonly port: number;
  readonly callers: Readonly<Record<string, Caller>>;
  readonly instances: InstancePool;
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

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly caller?: string;
  readonly failure?: string;
}

/** API Gateway's part: who calls, whether it may, and the proxy event. Its refusals are worded as AWS words them. */
export async function startGateway({ port, callers, instances, onAnswered }: GatewayOptions): Promise<LoopbackServer> {
  const callersByKey = new Map(
    Object.entries(callers).map(([name, caller]) => [caller.accessKeyId, { ...caller, name }]),
  );
  const signatureOptions = {
    region,
    service: 'execute-api',
    findKey: (accessKeyId: string) => callersByKey.get(accessKeyId),
    now: Date.now,
  };

  async function answer(request: SignedRequest, requestId: string): Promise<Answer> {
    const path = (request.target.split('?')[0] ?? '').replace(`/${stage}`, '');
    const isInStage = request.target.startsWith(`/${stage}/`);
    const route = isInStage ? matchRoute(path) : undefined;
    // A path that the API does not have is refused before anything else is looked at, with the same words.
    if (route === undefined) return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
    try {
      const caller = await verifySignature(request, signatureOptions);
      const event = buildRestEvent(request, path, route, caller, requestId);
      if (!isAllowed(caller, `${request.method}${path}`))
        return { ...refuseAccess(caller, request.method, path), caller: caller.name };
      return { ...(await invoke(event)), caller: caller.name };
    } catch (error) {
      if (error instanceof SignatureError) return refuse(error.errorType, error.message);
      throw error;
    }
  }

  async function invoke(event: unknown): Promise<Answer> {
    try {
      const result = (await instances.invoke(event)) as APIGatewayProxyResult;
      return {
        status: result.statusCode,
        headers: Object.fromEntries(Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)])),
        body: result.body,
      };
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      return { ...message(502, 'Internal server error', 'InternalServerErrorException'), failure: error.message };
    }
  }

  return listenOnLoopback(serve, port);

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAtMs = performance.now();
    const requestId = randomUUID();
    const body = await readBody(incoming, maxBodyBytes);
    const request = asSignedRequest(incoming, body ?? Buffer.alloc(0));
    const {
      status,
      headers,
      body: text,
      caller,
      failure,
    } = body === undefined
      ? message(413, 'Request Too Long', 'RequestTooLargeException')
      : await answer(request, requestId);
    response.writeHead(status, {
      ...headers,
      'x-amzn-requestid': requestId,
      'content-length': Buffer.byteLength(text),
    });
    response.end(request.method === 'HEAD' ? undefined : text);
    onAnswered({
      method: request.method,
      path: request.target.split('?')[0] ?? '',
      status,
      caller,
      source: headers['x-token-source'],
      milliseconds: performance.now() - startedAtMs,
      failure,
    });
  }
}

function asSignedRequest(incoming: IncomingMessage, body: Buffer): SignedRequest {
  return {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
    ),
    body,
  };
}

function message(status: number, text: string, errorType: string): Answer {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': errorType };
  return { status, headers, body: JSON.stringify({ message: text }) };
}

function refuse(errorType: string, text: string): Answer {
  return message(403, text, errorType);
}

function refuseAccess(caller: Caller, method: string, path: string): Answer {
  const resource = `arn:aws:execute-api:${region}:********${accountId.slice(-4)}:${apiId}/${stage}/${method}${path}`;
  return refuse(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: execute-api:Invoke on resource: ${resource}`,
  );
}
