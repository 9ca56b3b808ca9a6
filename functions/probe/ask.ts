import type { ApiAnswer, ApiRequest, CallApi } from './api-client.ts';
import { NotAskedError } from './probe-result.ts';

export interface AskDeps {
  readonly call: CallApi;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** For one answer. */
  readonly timeoutMs: number;
}

/** @throws NotAskedError where no answer came that says anything */
export type Ask = (request: ApiRequest, deadlineMs: number) => Promise<ApiAnswer>;

const maxTries = 3;
const maxRetryAfterSeconds = 5;
/** An HTTP API throttles without saying for how long. */
const defaultWaitSeconds: Readonly<Record<number, number>> = { 429: 1 };

/**
 * A throttle (429), an unavailable service that says when to come back (503 with `retry-after`), and a broken
 * connection are waited out as a caller would, twice at most. The last answer counts, whatever it is.
 */
export function createAsk({ call, now, sleep, random, timeoutMs }: AskDeps): Ask {
  return async function ask(request, deadlineMs) {
    for (let tries = 1; ; tries += 1) {
      const heard = await call(request, Math.min(timeoutMs, deadlineMs - now())).catch(asNotAsked);
      const seconds = tries === maxTries ? undefined : secondsToWait(heard);
      // Up to a second later, at random: the probes of other providers were throttled at the same moment.
      const waitMs = (seconds ?? 0) * 1000 + 1000 * random();
      if (seconds === undefined || now() + waitMs >= deadlineMs) return throwIfNotAsked(heard);
      await sleep(waitMs);
    }
  };
}

function asNotAsked(error: unknown): NotAskedError {
  if (error instanceof NotAskedError) return error;
  throw error;
}

/** @returns undefined where asking again soon makes no sense */
function secondsToWait(heard: ApiAnswer | NotAskedError): number | undefined {
  if (heard instanceof NotAskedError) return heard.isRetryable ? 0 : undefined;
  if (heard.status !== 429 && heard.status !== 503) return undefined;
  const header = heard.headers.get('retry-after');
  const seconds = header === null ? defaultWaitSeconds[heard.status] : Number(header);
  return seconds !== undefined && seconds <= maxRetryAfterSeconds ? seconds : undefined;
}

function throwIfNotAsked(heard: ApiAnswer | NotAskedError): ApiAnswer {
  if (heard instanceof NotAskedError) throw heard;
  if (heard.status === 429) throw new NotAskedError('throttled (429)');
  return heard;
}
