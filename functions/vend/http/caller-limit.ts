import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Log } from '../../shared/runtime/log.ts';
import { type CreateMetricFields, metricNames } from '../../shared/runtime/metrics.ts';
import type { CallerLimitSettings } from '../../shared/settings/config.ts';
import { principalOf, readCaller } from './caller.ts';
import { describeError, RequestError } from './errors.ts';
import { errorResponse } from './response.ts';

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

export interface CallerLimitDeps {
  readonly log: Log;
  readonly metric: CreateMetricFields;
  /** Milliseconds since 1970; never goes back. */
  readonly now: () => number;
}

/** A bucket that is not full. One that is needs no memory: it is what a caller who is not known has. */
interface Bucket {
  /** When it will be full again, if no request comes until then. */
  fullAtMs: number;
  /** Refusals that no log line has told yet. */
  refused: number;
  /** When a refusal was last logged. */
  loggedAtMs: number;
}

/** More principals than call one instance within the time in which a bucket fills. */
const maxBuckets = 1000;
const logEveryMs = 1000;

/**
 * Refuses a principal's requests beyond its own rate with 429 and `retry-after`, before anything else is done for them. A token
 * bucket per principal, in this instance's memory; its only state is the time at which it will be full (GCRA, ITU-T I.371).
 *
 * @returns the handler itself where there is no limit
 */
export function limitCallers(handler: Handler, settings: CallerLimitSettings | undefined, deps: CallerLimitDeps) {
  if (settings === undefined) return handler;
  const limit = new CallerLimit(settings, deps.now);
  return async function limitedHandler(event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> {
    const bucket = limit.take(principalOf(readCaller(event)));
    if (bucket.waitMs === 0) return handler(event, context);
    const error = new RequestError('caller_over_limit', { retryAfterSeconds: Math.ceil(bucket.waitMs / 1000) });
    if (bucket.refusals > 0) logRefusals(deps, event, context, bucket.refusals);
    return errorResponse(error);
  };
}

/** One line a principal and second at most: who calls too often must not fill the log as well. */
function logRefusals(
  { log, metric }: CallerLimitDeps,
  event: APIGatewayProxyEvent,
  context: Context,
  refusals: number,
): void {
  const { arn, account } = readCaller(event);
  const reason = 'caller_over_limit';
  log({
    level: 'warn',
    message: 'caller-limited',
    lambdaRequestId: context?.awsRequestId,
    requestId: event?.requestContext?.requestId,
    callerArn: arn,
    callerAccount: account,
    status: describeError(new RequestError(reason)).status,
    reason,
    ...metric({ [metricNames.callerLimited]: refusals }),
  });
}

export interface Taken {
  /** 0: the request may go on. */
  readonly waitMs: number;
  /** Refusals since the last log line, where it is time for another; else 0. */
  readonly refusals: number;
}

const allowed: Taken = { waitMs: 0, refusals: 0 };

/** Token buckets by name. Memory is bounded, and a bucket is given up only when it has the least to remember. */
export class CallerLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;
  /** The time in which one request's worth flows back. */
  readonly #costMs: number;
  readonly #capacityMs: number;

  constructor({ requestsPerSecond, burst }: CallerLimitSettings, now: () => number) {
    this.#now = now;
    this.#costMs = 1000 / requestsPerSecond;
    this.#capacityMs = burst * this.#costMs;
  }

  /** Takes one request out of the bucket of `name`, if one is left. A refused request costs nothing. */
  take(name: string): Taken {
    const nowMs = this.#now();
    const bucket = this.#buckets.get(name) ?? this.#add(name, nowMs);
    const fullAtMs = Math.max(bucket.fullAtMs, nowMs) + this.#costMs;
    const waitMs = fullAtMs - nowMs - this.#capacityMs;
    // A hundredth of a millisecond is rounding: 1000 / 30 is no binary fraction.
    if (waitMs < 0.01) {
      bucket.fullAtMs = fullAtMs;
      return allowed;
    }
    bucket.refused += 1;
    if (nowMs - bucket.loggedAtMs < logEveryMs) return { waitMs, refusals: 0 };
    const refusals = bucket.refused;
    bucket.refused = 0;
    bucket.loggedAtMs = nowMs;
    return { waitMs, refusals };
  }

  #add(name: string, nowMs: number): Bucket {
    if (this.#buckets.size >= maxBuckets) this.#makeRoom(nowMs);
    const bucket = { fullAtMs: nowMs, refused: 0, loggedAtMs: Number.NEGATIVE_INFINITY };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** Drops the full buckets, and where there are none the fullest: who is over its limit is never forgotten for newcomers. */
  #makeRoom(nowMs: number): void {
    let fullest: [name: string, fullAtMs: number] = ['', Number.POSITIVE_INFINITY];
    for (const [name, { fullAtMs }] of this.#buckets) {
      if (fullAtMs <= nowMs) this.#buckets.delete(name);
      else if (fullAtMs < fullest[1]) fullest = [name, fullAtMs];
    }
    if (this.#buckets.size >= maxBuckets) this.#buckets.delete(fullest[0]);
  }
}
