import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback, readBody } from './loopback-server.ts';
import { SecretStore, SecretsManagerError } from './secret-store.ts';

const operations = [
  'CreateSecret',
  'DeleteSecret',
  'DescribeSecret',
  'GetSecretValue',
  'ListSecrets',
  'PutSecretValue',
  'RestoreSecret',
  'RotateSecret',
  'UpdateSecret',
  'UpdateSecretVersionStage',
] as const;

/**
 * Secrets Manager on loopback, for the AWS SDKs and the AWS CLI: AWS JSON 1.1 over HTTP. Requests have to be signed, but
 * any key will do.
 */
export async function startSecretsManager(store: SecretStore = new SecretStore(Date.now)): Promise<LoopbackServer> {
  function perform(request: IncomingMessage, body: Buffer | undefined): object {
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
      throw new SecretsManagerError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
    }
    const target = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    const operation = operations.find((name) => name === target);
    if (operation === undefined) throw new SecretsManagerError('UnknownOperationException', '');
    // The store answers a wrong or missing member as Secrets Manager does, or by an error of its own.
    return (store[operation] as (input: object) => object).call(store, parseInput(body));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, 1024 * 1024);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.setHeader('x-amzn-requestid', randomUUID());
    try {
      response.end(JSON.stringify(perform(request, body)));
    } catch (error) {
      if (!(error instanceof SecretsManagerError)) throw error;
      response.writeHead(400, { 'x-amzn-errortype': error.name });
      response.end(JSON.stringify({ __type: error.name, message: error.message }));
    }
  }

  return listenOnLoopback(serve);
}

function parseInput(body: Buffer | undefined): object {
  try {
    const input: unknown = JSON.parse(body?.toString('utf8') ?? '');
    if (typeof input === 'object' && input !== null) return input;
  } catch {
    // Falls through to the one answer for whatever is not an object.
  }
  throw new SecretsManagerError('SerializationException', 'The body is not a JSON object.');
}
