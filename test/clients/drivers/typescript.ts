import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { systemRuntime } from '../../../clients/typescript/src/clock.ts';
import { VendedToken } from '../../../clients/typescript/src/vended-token.ts';
import { assembleClient } from '../../../clients/typescript/src/vending-client.ts';
import { VendingError } from '../../../clients/typescript/src/vending-error.ts';

// The driver of the TypeScript client: see ../README.md.

interface Command {
  readonly id: number;
  readonly op: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly wallOffsetMs?: number;
  readonly ms?: number;
  readonly provider?: string;
  readonly scope?: string;
  readonly minTtlSeconds?: number;
  readonly times?: number;
  readonly cancelAfterMs?: number;
  readonly timeoutMs?: number;
  readonly url?: string;
  readonly method?: string;
  readonly body?: string;
  readonly oneShotBody?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

let advancedMs = 0;
let { client, tokens } = create({});
let lastToken: VendedToken | undefined;
let lastError: unknown;

function create({ endpoint, region, wallOffsetMs = 0 }: Pick<Command, 'endpoint' | 'region' | 'wallOffsetMs'>) {
  const { wall, age, random } = systemRuntime();
  return assembleClient(
    { endpoint, region },
    { wall: () => wall() + wallOffsetMs, age: () => age() + advancedMs, random },
  );
}

const operations: Readonly<Record<string, (command: Command) => Promise<object>>> = {
  async new(command) {
    ({ client, tokens } = create(command));
    return {};
  },
  async advance({ ms = 0 }) {
    advancedMs += ms;
    return {};
  },
  async getToken({ provider = '', scope, minTtlSeconds, times = 1, cancelAfterMs, timeoutMs }) {
    const call = async (_: unknown, index: number): Promise<VendedToken> => {
      const isCancelled = index === 0 && cancelAfterMs !== undefined;
      const abort = new AbortController();
      if (isCancelled) void sleep(cancelAfterMs).then(() => abort.abort());
      return client.getToken(provider, {
        scope,
        minTtlSeconds,
        timeoutMs,
        ...(isCancelled && { signal: abort.signal }),
      });
    };
    return { results: await Promise.all(Array.from({ length: times }, call).map(asResult)) };
  },
  async request({ provider = '', url = '', method = 'GET', body, oneShotBody, scope, times = 1 }) {
    const send = client.authorizedFetch(provider, { scope });
    const call = (): Promise<Response> => send(url, { method, ...bodyOf(body, oneShotBody) });
    return { results: await Promise.all(Array.from({ length: times }, call).map(asResult)) };
  },
  async sign({ url = '', method = 'GET', body, headers }) {
    const answer = client.fetch(url, { method, ...bodyOf(body, false), ...(headers && { headers }) });
    return { results: [await asResult(answer)] };
  },
  async settle() {
    await tokens.settled();
    return {};
  },
  async inspect() {
    const printed = [client, lastToken, lastError].flatMap((value) => [
      inspect(value, { depth: 9, showHidden: true, getters: true }),
      inspect(value, { customInspect: false }),
      JSON.stringify(value),
      String(value),
    ]);
    return { text: printed.join('\n') };
  },
  async fork() {
    return { skipped: 'Node starts new processes, each with a client of its own' };
  },
};

function bodyOf(body: string | undefined, isOneShot: boolean | undefined): RequestInit {
  if (body === undefined) return {};
  return isOneShot === true ? { body: new Blob([body]).stream(), duplex: 'half' } : { body };
}

async function asResult(call: Promise<VendedToken | Response>): Promise<object> {
  try {
    const value = await call;
    return value instanceof VendedToken ? describeToken(value) : await describeAnswer(value);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return { cancelled: true };
    lastError = error;
    return { error: describeError(error) };
  }
}

function describeToken(token: VendedToken): object {
  lastToken = token;
  const { fingerprint, tokenType, expiresAt, scope } = token;
  return { sha256: fingerprint, tokenType, expiresAt: expiresAt?.toISOString() ?? null, scope: scope ?? null };
}

async function describeAnswer(response: Response): Promise<object> {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

function describeError(thrown: unknown): object {
  const { status, error, description, requestId, retryAfterSeconds }: Partial<VendingError> =
    thrown instanceof VendingError ? thrown : {};
  return {
    type: thrown instanceof Error ? thrown.name : typeof thrown,
    status: status ?? null,
    error: error ?? null,
    description: description ?? null,
    requestId: requestId ?? null,
    retryAfterSeconds: retryAfterSeconds ?? null,
    text: [inspect(thrown, { depth: 9, showHidden: true }), JSON.stringify(thrown), String(thrown)].join('\n'),
  };
}

async function answer(line: string): Promise<void> {
  const command = JSON.parse(line) as Command;
  let reply: object;
  try {
    const operation = operations[command.op];
    reply = operation === undefined ? { failed: `there is no ${command.op}` } : await operation(command);
  } catch (error) {
    reply = { failed: String(error) };
  }
  process.stdout.write(`${JSON.stringify({ id: command.id, ...reply })}\n`);
}

const running: Promise<void>[] = [];
for await (const line of createInterface({ input: process.stdin })) running.push(answer(line));
await Promise.all(running);
process.exit(0);
