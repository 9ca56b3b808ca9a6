import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../loopback-server.ts';
import type { InstancePool } from './instance-pool.ts';
import { FunctionError } from './runtime-api.ts';

/** A function that can be called directly. */
export interface InvocableFunction extends Pick<InstancePool, 'invoke'> {
  readonly arn: string;
}

const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const maxPayloadBytes = 6 * 1024 * 1024;

export function isInvokeRequest({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && path.test(url);
}

/**
 * Answers Lambda's Invoke, for the AWS SDKs and the AWS CLI. Requests have to be signed, but any key will do. The caller may
 * invoke no function but this one; in particular not the vending function.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function serveInvoke(
  invocable: InvocableFunction | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, maxPayloadBytes);
  response.setHeader('content-type', 'application/json');
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
    return refuse(response, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const name = decodeURIComponent(path.exec(request.url ?? '')?.[1] ?? '');
  const isIt = name !== '' && (invocable?.arn === name || invocable?.arn.endsWith(`:function:${name}`));
  if (invocable === undefined || !isIt || body === undefined) {
    return refuse(response, 'AccessDeniedException', 'The caller may not perform lambda:InvokeFunction here.');
  }
  // Says only whether the caller may invoke it.
  if (request.headers['x-amz-invocation-type'] === 'DryRun') return void response.writeHead(204).end();
  try {
    const result = await invocable.invoke(JSON.parse(body.toString('utf8') || 'null'));
    response.end(JSON.stringify(result ?? null));
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(JSON.stringify({ errorType: error.errorType, errorMessage: error.message }));
  }
}

function refuse(response: ServerResponse, type: string, message: string): void {
  response.writeHead(403, { 'x-amzn-errortype': type }).end(JSON.stringify({ Type: 'User', Message: message }));
}
