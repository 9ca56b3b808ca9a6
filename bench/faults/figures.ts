/** A caller's view of one vend. */
export interface Outcome {
  readonly requestId: string;
  readonly phase: string;
  readonly status: number;
  /** The `error` of a refusal, or words that stand for it. */
  readonly reason: string | undefined;
  readonly source: string | undefined;
  readonly token: string | undefined;
  /** When the function started on the request and how long it took; undefined when it was killed before it answered. */
  readonly function: { readonly startedAtMs: number; readonly tookMs: number } | undefined;
  readonly atMs: number;
}

/** What we keep of each refusal, to find out how it came about. */
export interface Refusal {
  readonly phase: string;
  readonly reason: string;
  readonly instance: string | undefined;
  readonly startedAtMs: number;
  readonly tookMs: number | undefined;
  /** How much longer the held token could have been vended; negative when it no longer could. */
  readonly heldMs: number;
  readonly heldElsewhereMs: number;
}

/** The counts of one contestant. Times are the fast clock's. */
export interface Figures {
  asked: number;
  answered: number;
  answeredStale: number;
  answeredExpired: number;
  refused: number;
  refusedWhileHeld: number;
  refusedWhileShortHeld: number;
  refusedWhileHeldElsewhere: number;
  /** While the instance held a valid token, or both backends had been healthy for longer than any back-off lasts. */
  refusedWithoutCause: number;
  /** Requests of neighbours, which are counted nowhere else. */
  neighboursAsked: number;
  slowestAnswerMs: number;
  slowestRefusalMs: number;
  exchanges: number;
  exchangesInsideOwnRetryAfter: number;
  exchangesInsideAnyRetryAfter: number;
  secretReads: number;
  secretsSentToRedirect: number;
  instances: number;
}

export function noFigures(): Figures {
  return {
    asked: 0,
    answered: 0,
    answeredStale: 0,
    answeredExpired: 0,
    refused: 0,
    refusedWhileHeld: 0,
    refusedWhileShortHeld: 0,
    refusedWhileHeldElsewhere: 0,
    refusedWithoutCause: 0,
    neighboursAsked: 0,
    slowestAnswerMs: 0,
    slowestRefusalMs: 0,
    exchanges: 0,
    exchangesInsideOwnRetryAfter: 0,
    exchangesInsideAnyRetryAfter: 0,
    secretReads: 0,
    secretsSentToRedirect: 0,
    instances: 0,
  };
}

/** The largest number of times within any `windowMs`. */
export function mostWithin(windowMs: number, timesMs: readonly number[]): number {
  const sorted = [...timesMs].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, atMs] of sorted.entries()) {
    while (atMs - (sorted[first] ?? atMs) >= windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
