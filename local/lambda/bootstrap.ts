import { existsSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Does what Lambda's own runtime does: loads the handler once, then asks for one invocation after another.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// It is bundled as CommonJS and runs in its own process, without any code of the local stack.

type LambdaHandler = (event: unknown, context: object) => Promise<unknown>;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<[IncomingMessage, string]> {
  // First, because it may throw: a request that is opened and not ended would block the only socket.
  const json = body === undefined ? undefined : JSON.stringify(body);
  const url = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/${path}`;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(url, { method, agent }, resolve).on('error', reject);
    request.end(json);
  });
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return [response, text];
}

function describeError(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

async function serveNext(handler: LambdaHandler): Promise<void> {
  const [next, event] = await call('GET', 'invocation/next');
  const awsRequestId = String(next.headers['lambda-runtime-aws-request-id']);
  const deadlineMs = Number(next.headers['lambda-runtime-deadline-ms']);
  const context = {
    awsRequestId,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    invokedFunctionArn: next.headers['lambda-runtime-invoked-function-arn'],
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
  try {
    const result = await handler(JSON.parse(event), context);
    await call('POST', `invocation/${awsRequestId}/response`, result);
  } catch (error) {
    await call('POST', `invocation/${awsRequestId}/error`, describeError(error));
  }
}

/** `{module}.js`, or `{module}.mjs`, which may take a while. */
async function loadModule(path: string): Promise<Record<string, LambdaHandler>> {
  if (existsSync(`${path}.js`)) return require(path);
  return import(pathToFileURL(`${path}.mjs`).href);
}

async function run(): Promise<never> {
  let handler: LambdaHandler;
  try {
    const [module = '', name = ''] = (process.env['_HANDLER'] ?? '').split('.');
    handler = (await loadModule(join(process.env['LAMBDA_TASK_ROOT'] ?? '', module)))[name] as LambdaHandler;
    if (typeof handler !== 'function') throw new Error(`${module}.${name} is not a function`);
  } catch (error) {
    await call('POST', 'init/error', describeError(error));
    process.exit(1);
  }
  for (;;) await serveNext(handler);
}

// Without the Runtime API there is nothing left to do, and nowhere to report it.
run().catch(() => process.exit(1));
