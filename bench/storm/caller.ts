import type { ProxyResult } from '../lambda-call.ts';

export interface CallerDeps {
  /** Calls the caller's instance once; undefined when the instance was ended before it answered. */
  readonly invoke: () => Promise<ProxyResult | undefined>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface CallerOutcome {
  /** Statuses of the answers without a token, in order. */
  readonly refusals: readonly number[];
  readonly wasEnded: boolean;
  /** Since the first call; undefined when the caller gave up. */
  readonly servedAfterMs: number | undefined;
}

/** API Gateway gives up after 29 s. */
export const patienceMs = 30_000;
const defaultRetryAfterSeconds = 1;

/**
 * A caller that does what it can: when refused, it waits as long as the answer says, or one second, and asks the same
 * instance again until it has a token or `patienceMs` have passed. It does not ask an instance again that was ended.
 */
export async function callUntilServed({ invoke, now, sleep }: CallerDeps): Promise<CallerOutcome> {
  const startedAtMs = now();
  const refusals: number[] = [];
  for (;;) {
    const answer = await invoke();
    const passedMs = now() - startedAtMs;
    if (answer === undefined) return { refusals, wasEnded: true, servedAfterMs: undefined };
    if (answer.statusCode === 200) {
      return { refusals, wasEnded: false, servedAfterMs: passedMs <= patienceMs ? passedMs : undefined };
    }
    refusals.push(answer.statusCode);
    const waitMs = Number(answer.headers?.['retry-after'] ?? defaultRetryAfterSeconds) * 1000;
    if (passedMs + waitMs > patienceMs) return { refusals, wasEnded: false, servedAfterMs: undefined };
    await sleep(waitMs);
  }
}
