import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback, readBody } from '../loopback-server.ts';
import type { InstancePool } from './instance-pool.ts';
import { FunctionError } from './runtime-api.ts';

/** The functions that may be called directly, by ARN. */
export type InvocableFunctions = Readonly<Record<string, Pick<InstancePool, 'invoke'>>>;

const maxPayloadBytes = 6 * 1024 * 1024;

/**
 * Lambda's Invoke on loopback, for the AWS SDKs and the AWS CLI. Requests have to be signed, but any key will do. Any other
 * function than these, the vending function included, is one that the caller may not invoke.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function startLambdaApi(functions: InvocableFunctions): Promise<LoopbackServer> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, maxPayloadBytes);
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-amzn-requestid', randomUUID());
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
      return refuse(response, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '')?.[1];
    const arn = findArn(functions, decodeURIComponent(name ?? ''));
    if (request.method !== 'POST' || arn === undefined || body === undefined) {
      return refuse(response, 'AccessDeniedException', 'The caller may not perform lambda:InvokeFunction here.');
    }
    try {
      const result = await functions[arn]?.invoke(JSON.parse(body.toString('utf8') || 'null'));
      response.end(JSON.stringify(result ?? null));
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorType: error.errorType, errorMessage: error.message }));
    }
  }

  return listenOnLoopback(serve);
}

/** @param name an ARN or the name of a function */
function findArn(functions: InvocableFunctions, name: string): string | undefined {
  return Object.keys(functions).find((arn) => arn === name || arn.endsWith(`:function:${name}`));
}

function refuse(response: ServerResponse, type: string, message: string): void {
  response.writeHead(403, { 'x-amzn-errortype': type }).end(JSON.stringify({ Type: 'User', Message: message }));
}
