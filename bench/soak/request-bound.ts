import type { Phase } from '../faults/script.ts';

// How many requests one instance may send for one scope set, whatever callers do. From docs/architecture.md, the rules of a
// token's life: written down again here on purpose, so that a rule which is broken in the code is not broken here too.

/** A report is heeded once in this time; `min_ttl` once in that. */
const reportSeconds = 10;
const minTtlSeconds = 30;
/** The refresh point is at this share of the lifetime at the earliest. */
const earliestRefresh = 0.75;
/** A first failure is tried again twice at once. */
const retries = 2;
/** The back-off doubles from the first to the longest and may be half as short at random. */
const firstBackOffSeconds = 1;
const longestBackOffSeconds = 30;
const shortestJitter = 0.5;

/** @returns requests in the whole script, at most */
export function requestBound(phases: readonly Phase[], tokenLifetimeSeconds: number): number {
  return phases.reduce((sum, phase) => {
    const isAnswering = phase.provider === 'healthy' || phase.provider === 'slow';
    return sum + (isAnswering ? whileAnswering(phase.seconds, tokenLifetimeSeconds) : whileFailing(phase.seconds));
  }, 0);
}

/** One at the start, and then each of the three reasons for another token as often as it may come. */
function whileAnswering(seconds: number, tokenLifetimeSeconds: number): number {
  const refreshes = seconds / (earliestRefresh * tokenLifetimeSeconds);
  return 1 + [seconds / reportSeconds, seconds / minTtlSeconds, refreshes].reduce((sum, n) => sum + Math.ceil(n), 0);
}

/** The first failure with its retries, and then one request after each back-off. */
function whileFailing(seconds: number): number {
  let requests = 1 + retries;
  let passedSeconds = 0;
  for (let failures = 0; ; failures += 1) {
    passedSeconds += shortestJitter * Math.min(firstBackOffSeconds * 2 ** failures, longestBackOffSeconds);
    if (passedSeconds > seconds) return requests;
    requests += 1;
  }
}
