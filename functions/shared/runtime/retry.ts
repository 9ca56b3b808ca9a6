import { TokenError } from './errors.ts';

export interface RetryDeps {
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const maxRetries = 2;
const baseDelayMs = 100;

/**
 * Retries transient failures, at most twice and never past the deadline, after a random delay of at most 100 and then 200 ms
 * ("full jitter"), so that instances which failed together do not come back together.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  deadline: () => number,
  { now, random, sleep }: RetryDeps,
): Promise<Result> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const delayMs = random() * baseDelayMs * 2 ** retries;
      const isWorthwhile = error instanceof TokenError && error.isRetryable && retries < maxRetries;
      if (!isWorthwhile || now() + delayMs >= deadline()) throw error;
      await sleep(delayMs);
    }
  }
}
