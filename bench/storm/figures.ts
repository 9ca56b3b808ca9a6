import { median } from '../statistics.ts';
import { type CallerOutcome, patienceMs } from './caller.ts';
import type { ProviderAccount } from './provider-account.ts';

export const stormContestants = ['vend', 'vend-shared', 'naive', 'prove-sdk'] as const;

/** The outcome of one storm. Times count from the moment at which all instances are called. */
export interface StormFigures {
  readonly instances: number;
  /** Share of the callers served by the first answer, 0 to 1. */
  readonly servedAtOnceShare: number;
  /** Share of the callers served before they gave up. */
  readonly servedShare: number;
  /** When the last caller was served; undefined where one gave up. */
  readonly allServedAfterMs: number | undefined;
  /** A caller that gave up has waited `patienceMs`. */
  readonly medianWaitMs: number;
  readonly longestWaitMs: number;
  /** How many answers had no token, by status. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Ended because a call took as long as the function's timeout. */
  readonly endedInstances: number;
  /** How many reached the provider. */
  readonly exchanges: number;
  readonly exchangesAnswered429: number;
  readonly exchangesInsideOwnRetryAfter: number;
  /** The most that reached the provider in any 30 s. */
  readonly mostExchangesIn30s?: number;
  /** Before the storm; they spare it as many exchanges. */
  readonly exchangesWhileLoading: number;
  /** Between the first exchange of the first and of the last instance: how sudden the storm was. */
  readonly firstExchangesWithinMs: number;
  /** One per caller that was served, the earliest first. */
  readonly servedAfterMs: readonly number[];
}

/** What is wrong with the provider beside its limit of requests. */
export type Condition = 'takes 2 s' | 'knows another secret';

export interface StormKind {
  readonly contestant: (typeof stormContestants)[number];
  readonly instances: number;
  readonly condition?: Condition;
}

export interface Storm extends StormFigures, Omit<StormKind, 'instances'> {}

export function summarize(
  outcomes: readonly CallerOutcome[],
  account: ProviderAccount,
  exchangesWhileLoading: number,
): StormFigures {
  const served = outcomes.flatMap(({ servedAfterMs }) => servedAfterMs ?? []).sort((a, b) => a - b);
  const waits = outcomes.map(({ servedAfterMs }) => servedAfterMs ?? patienceMs);
  const atOnce = outcomes.filter(({ refusals, servedAfterMs }) => refusals.length === 0 && servedAfterMs !== undefined);
  const firstAskedAtMs = [...account.firstAskedAtMs.values()];
  return {
    instances: outcomes.length,
    servedAtOnceShare: atOnce.length / outcomes.length,
    servedShare: served.length / outcomes.length,
    allServedAfterMs: served.length === outcomes.length ? served.at(-1) : undefined,
    medianWaitMs: median(waits),
    longestWaitMs: Math.max(...waits),
    refusals: countEach(outcomes.flatMap(({ refusals }) => refusals)),
    endedInstances: outcomes.filter(({ wasEnded }) => wasEnded).length,
    exchanges: account.exchanges - exchangesWhileLoading,
    exchangesAnswered429: account.answered429,
    exchangesInsideOwnRetryAfter: account.insideOwnRetryAfter,
    mostExchangesIn30s: account.mostWithinMs(30_000),
    exchangesWhileLoading,
    firstExchangesWithinMs: firstAskedAtMs.length === 0 ? 0 : Math.max(...firstAskedAtMs) - Math.min(...firstAskedAtMs),
    servedAfterMs: served,
  };
}

function countEach(values: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
