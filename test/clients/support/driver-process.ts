import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface TokenResult {
  readonly sha256: string;
  readonly tokenType: string;
  readonly expiresAt: string | null;
  readonly scope: string | null;
}

export interface AnswerResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ErrorResult {
  readonly error: {
    readonly type: string;
    readonly status: number | null;
    readonly error: string | null;
    readonly description: string | null;
    readonly requestId: string | null;
    readonly retryAfterSeconds: number | null;
    readonly text: string;
  };
}

export type Result = TokenResult | AnswerResult | ErrorResult | { readonly cancelled: true };

export interface Reply {
  readonly id: number;
  readonly results?: readonly Result[];
  readonly text?: string;
  readonly skipped?: string;
  readonly failed?: string;
}

export interface Driver {
  /** Carries out one command of README.md. */
  send(op: string, parameters?: object): Promise<Reply>;
  /** All that the driver has written, to stdout and stderr. */
  output(): string;
  /** Ends it, as the end of its stdin does. */
  stop(): Promise<void>;
}

/** @param command program and arguments */
export function startDriver([file = '', ...args]: readonly string[], environment: NodeJS.ProcessEnv): Driver {
  const child = spawn(file, args, { env: { ...withoutAws(process.env), ...environment } });
  const waiting = new Map<number, PromiseWithResolvers<Reply>>();
  let output = '';
  let lastId = 0;
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    output += `${line}\n`;
    const reply = JSON.parse(line) as Reply;
    waiting.get(reply.id)?.resolve(reply);
  });
  const fail = (reason: string) => {
    for (const { reject } of waiting.values()) reject(new Error(`${reason}:\n${output}`));
  };
  child.once('error', (error) => fail(String(error)));
  child.once('close', (code) => fail(`The driver has ended with ${code}`));
  // Who writes to one that has ended is told by `close`.
  child.stdin.on('error', () => undefined);
  return {
    send(op, parameters = {}) {
      lastId += 1;
      const reply = Promise.withResolvers<Reply>();
      waiting.set(lastId, reply);
      child.stdin.write(`${JSON.stringify({ id: lastId, op, ...parameters })}\n`);
      return reply.promise;
    },
    output: () => output,
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.stdin?.end();
  await closed;
}

/** The drivers must not see the credentials of the person who runs the tests. */
function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(AWS_|TOKEN_VENDING_)/.test(name)));
}
