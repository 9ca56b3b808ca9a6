import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../gateway/callers.ts';
import { isInvokeRequest, serveInvoke } from '../lambda/invoke.ts';
import { type LoopbackServer, listenOnLoopback, readBody } from '../loopback-server.ts';
import { SecretStore } from './secret-store.ts';
import { accessDenied, SecretsManagerError } from './secrets-manager-error.ts';
import { type Operation, parseInput, requestSchemas } from './secrets-manager-requests.ts';

const maxBodyBytes = 1024 * 1024;
const operations = Object.keys(requestSchemas) as Operation[];

/**
 * Secrets Manager on loopback, for the AWS SDKs and the AWS CLI: AWS JSON 1.1 over HTTP. Requests must be signed, but any key
 * is accepted, except those of the stack's callers: IAM lets them vend, and nothing else.
 */
export async function startSecretsManager(
  store: SecretStore = new SecretStore(Date.now),
  callers: readonly Pick<Caller, 'accessKeyId' | 'arn'>[] = [],
): Promise<LoopbackServer> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-amzn-requestid', randomUUID());
    const caller = callers.find(({ accessKeyId }) => isSignedWith(request, accessKeyId));
    if (isInvokeRequest(request)) {
      return serveInvoke(caller === undefined ? store.rotationFunction : undefined, request, response);
    }
    const body = await readBody(request, maxBodyBytes);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    try {
      response.end(JSON.stringify(perform(store, request, body, caller)));
    } catch (error) {
      if (!(error instanceof SecretsManagerError)) throw error;
      response.writeHead(400, { 'x-amzn-errortype': error.name });
      response.end(JSON.stringify({ __type: error.name, message: error.message }));
    }
  }

  return listenOnLoopback(serve);
}

function isSignedWith({ headers }: IncomingMessage, accessKeyId: string): boolean {
  return headers.authorization?.includes(`Credential=${accessKeyId}/`) === true;
}

function perform(
  store: SecretStore,
  request: IncomingMessage,
  body: Buffer | undefined,
  caller: Pick<Caller, 'arn'> | undefined,
): object {
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
    throw new SecretsManagerError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  const operation = operations.find((name) => request.headers['x-amz-target'] === `secretsmanager.${name}`);
  if (operation === undefined)
    throw new SecretsManagerError('UnknownOperationException', 'There is no such operation.');
  if (caller !== undefined) throw accessDenied(caller.arn, operation);
  // Each operation's schema returns what the method of that name accepts.
  return (store[operation] as (input: object) => object).call(store, parseInput(operation, body));
}
