import { type Reason, TokenError } from '../../../shared/runtime/errors.ts';

/** For how long a lease is taken. Nobody extends it: a second exchange is harmless, a wait is not. */
export const leaseMs = 5_000;
/** How long past its stored end a lease counts as abandoned: clocks differ by less. */
export const clockToleranceMs = 2_000;
/** `Retry-After` is honoured for 5 minutes at most. What a stored time says beyond that is not believed. */
export const longestBelievedMs = 300_000 + clockToleranceMs;

/** What the fleet knows of one token beside the token itself. Times are milliseconds since 1970, by the clock of who wrote them. */
export interface Lease {
  /** Grows with each time that the lease is taken. */
  readonly fence: number;
  /** At random, of the instance's try that has it; undefined: it is free. */
  readonly owner: string | undefined;
  readonly endsAtMs: number;
  /** The latest exchange, where it failed. */
  readonly failure: FleetFailure | undefined;
  /** How many exchanges have failed since the latest that did not. */
  readonly failures: number;
  /** Until then everyone exchanges for itself, because these tokens cannot be shared. */
  readonly unsharedUntilMs: number;
  /** Until then no report causes an exchange. */
  readonly reportNotBeforeMs: number;
  /** Until then no `min_ttl` causes an exchange. */
  readonly minTtlNotBeforeMs: number;
}

export interface FleetFailure {
  readonly reason: Reason;
  /** The AWSCURRENT version with which it happened: another one may be tried at once. */
  readonly currentVersionId: string;
  readonly untilMs: number;
  /** The provider itself has said when to come back. */
  readonly isAskedFor: boolean;
}

/** Whether a stored time is still to come, and believable. */
export function isAhead(untilMs: number, nowMs: number): boolean {
  return untilMs > nowMs && untilMs <= nowMs + longestBelievedMs;
}

/** Whether nobody has this lease, as far as its stored end tells. */
export function isFree(lease: Lease | undefined, nowMs: number): boolean {
  return lease?.owner === undefined || lease.endsAtMs < nowMs - clockToleranceMs;
}

/** The failure that keeps an instance with this version of the secret from exchanging. */
export function failureFor(
  lease: Lease | undefined,
  currentVersionId: string,
  nowMs: number,
): FleetFailure | undefined {
  const failure = lease?.failure;
  if (failure === undefined || failure.currentVersionId !== currentVersionId) return undefined;
  return isAhead(failure.untilMs, nowMs) ? failure : undefined;
}

/** What an instance tells its callers of another's failure. */
export function asOwnError({ reason, untilMs, isAskedFor }: FleetFailure, nowMs: number): TokenError {
  const leftMs = untilMs - nowMs;
  const retryAfterSeconds = Math.ceil(leftMs / 1000);
  return isAskedFor
    ? new TokenError('provider_asked_to_wait', { retryAfterSeconds })
    : new TokenError(reason, { backOffMs: leftMs });
}
