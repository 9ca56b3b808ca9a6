import type { Patience } from '../vend/vend.ts';
import { VendingError } from '../vending-error.ts';

/** How long a caller waits unless it says otherwise. */
export const defaultTimeoutMs = 30_000;

/** The most that a timer can do. */
const maxTimeoutMs = 2 ** 31 - 1;

export interface Waiting {
  /** Milliseconds from now. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly deadlineMs: number;
  fail(error: unknown): void;
}

/**
 * One request that any number of callers wait for. Each leaves at its own deadline, or when it is cancelled; the request
 * goes on, for what it brings is kept for those who come next. When its own time is up it is given up, whatever hangs.
 */
export class Flight<T> {
  readonly #result: Promise<T>;
  /** Settles with the request, and never fails. */
  readonly ended: Promise<void>;
  readonly #waiters = new Set<Waiter>();
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #endsAtMs = 0;
  #pause: { readonly untilMs: number; readonly error: unknown } | undefined;

  constructor(run: (patience: Patience) => Promise<T>) {
    this.#endNotBefore(performance.now() + defaultTimeoutMs);
    const givenUp = withResolvers<never>();
    this.#abort.signal.addEventListener('abort', () => givenUp.reject(this.#abort.signal.reason), { once: true });
    const canWait: Patience['canWait'] = (pauseMs, error) => this.#canWait(performance.now() + pauseMs, error);
    this.#result = Promise.race([run({ signal: this.#abort.signal, canWait }), givenUp.promise]);
    // Nobody may be waiting when it fails.
    const end = () => clearTimeout(this.#timer);
    this.ended = this.#result.then(end, end);
  }

  /**
   * @throws what the request throws; VendingError `timeout`; the signal's reason
   */
  async wait({ timeoutMs: wanted = defaultTimeoutMs, signal }: Waiting = {}): Promise<T> {
    signal?.throwIfAborted();
    const timeoutMs = Math.min(wanted, maxTimeoutMs);
    const deadlineMs = performance.now() + timeoutMs;
    this.#endNotBefore(deadlineMs);
    const { promise, resolve, reject } = withResolvers<T>();
    const waiter = { deadlineMs, fail: reject };
    const timer = setTimeout(() => reject(timeoutError()), timeoutMs);
    const cancel = () => reject(signal?.reason);
    signal?.addEventListener('abort', cancel, { once: true });
    this.#waiters.add(waiter);
    this.#result.then(resolve, reject);
    if (this.#pause !== undefined && this.#pause.untilMs > deadlineMs) reject(this.#pause.error);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      this.#waiters.delete(waiter);
    }
  }

  #endNotBefore(atMs: number): void {
    if (atMs <= this.#endsAtMs) return;
    this.#endsAtMs = atMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abort.abort(timeoutError()), atMs - performance.now());
  }

  #canWait(untilMs: number, error: unknown): boolean {
    this.#pause = { untilMs, error };
    for (const waiter of this.#waiters) if (waiter.deadlineMs < untilMs) waiter.fail(error);
    return [...this.#waiters].some((waiter) => waiter.deadlineMs >= untilMs);
  }
}

function timeoutError(): VendingError {
  return new VendingError({ error: 'timeout', description: 'The vending service did not answer in time.' });
}

interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Node 20 has no Promise.withResolvers. */
function withResolvers<T>(): Resolvers<T> {
  let resolvers: Omit<Resolvers<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    resolvers = { resolve, reject };
  });
  return { promise, ...(resolvers as unknown as Omit<Resolvers<T>, 'promise'>) };
}
