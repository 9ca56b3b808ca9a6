import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../loopback-server.ts';

/** The function, or the process that runs it, failed. API Gateway's callers do not see the message. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  /** The name of the error that the function threw, as Lambda's Invoke tells it. */
  readonly errorType: string;

  constructor(message: string, errorType = 'Runtime.ExitError') {
    super(message);
    this.errorType = errorType;
  }
}

export interface RuntimeApi {
  /** `host:port`, for the environment variable `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Resolves when the process first asks for an invocation, so its function is loaded; never, if loading fails. */
  readonly ready: Promise<void>;
  /** Gives an event to the process, and waits for its answer. One at a time. */
  invoke(event: unknown, deadlineMs: number): Promise<unknown>;
  /** False once it has failed; it then accepts no more invocations. */
  readonly isUsable: boolean;
  /** Ends the running invocation, if any, and every later one. */
  fail(error: FunctionError): void;
  close(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly event: string;
  readonly deadlineMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: FunctionError) => void;
}

const maxAnswerBytes = 6 * 1024 * 1024;
const tooLarge = JSON.stringify({
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: 'The answer is larger than 6 MiB',
});

/** The four routes of Lambda's Runtime API, for one execution environment. */
export async function startRuntimeApi(functionArn: string): Promise<RuntimeApi> {
  const ready = Promise.withResolvers<void>();
  let waiting: ServerResponse | undefined;
  let queued: Invocation | undefined;
  let running: Invocation | undefined;
  let failure: FunctionError | undefined;

  function deliver(): void {
    if (waiting === undefined || queued === undefined) return;
    running = queued;
    waiting
      .writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': running.id,
        'lambda-runtime-deadline-ms': running.deadlineMs,
        'lambda-runtime-invoked-function-arn': functionArn,
      })
      .end(running.event);
    waiting = undefined;
    queued = undefined;
  }

  function fail(error: FunctionError): void {
    failure ??= error;
    for (const invocation of [queued, running]) invocation?.reject(error);
    queued = undefined;
    running = undefined;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = request.url?.replace('/2018-06-01/runtime/', '');
    if (route === 'invocation/next') {
      ready.resolve();
      waiting = response;
      return deliver();
    }
    const text = (await readBody(request, maxAnswerBytes))?.toString('utf8') ?? tooLarge;
    response.writeHead(202).end();
    if (route === 'init/error') return fail(asFunctionError(text));
    const settled = running;
    running = undefined;
    if (text !== tooLarge && route === `invocation/${settled?.id}/response`) {
      settled?.resolve(text === '' ? null : JSON.parse(text));
    } else settled?.reject(asFunctionError(text));
  }

  const server = await listenOnLoopback(serve);
  return {
    address: server.url.replace('http://', ''),
    ready: ready.promise,
    get isUsable() {
      return failure === undefined;
    },
    invoke: (event, deadlineMs) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        queued = { id: randomUUID(), event: JSON.stringify(event), deadlineMs, resolve, reject };
        deliver();
      }),
    fail,
    close: server.close,
  };
}

function asFunctionError(errorJson: string): FunctionError {
  const { errorType, errorMessage } = JSON.parse(errorJson) as { errorType?: string; errorMessage?: string };
  return new FunctionError(`${errorType}: ${errorMessage}`, errorType);
}
