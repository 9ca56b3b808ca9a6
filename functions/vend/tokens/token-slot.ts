import { type AccessToken, expirySkewMs, remainingMs } from '../../shared/exchange/access-token.ts';
import { asTokenError, TokenError } from '../../shared/runtime/errors.ts';
import { BackOff } from './back-off.ts';

/** How long a flight may take: reading the secret, the exchange and its retries. Less than an invocation has. */
export const flightBudgetMs = 14_000;
/** After a refresh that brought nothing better, the token held serves this long, or up to a half longer, before the next. */
export const refreshCooldownMs = 30_000;
/** `min_ttl` causes at most one exchange in this time. */
export const minTtlCooldownMs = 30_000;
/** A slot is not given up sooner, whatever became of it: new scope sets cannot be exchanged at the callers' rate. */
export const slotMinLifeMs = 60_000;
/** A report causes at most one replacement in this time, so that one broken caller cannot keep everybody exchanging. */
export const reportCooldownMs = 10_000;

/** While another instance refreshes, this one looks again after so long, or up to a half sooner. */
const leftToFleetMs = 1_000;

/** A flight that is older than this when a caller joins it has used up time that the caller still has. */
const inheritedAgeMs = 1_000;

export interface SlotClock {
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** What the fleet's token, where there is one, has to be. */
export interface Wanted {
  /** The token that this instance can still answer with. */
  readonly held: AccessToken | undefined;
  /** Fingerprint of a token that a caller reported. */
  readonly rejected: string | undefined;
  /** How much life a caller wants. */
  readonly minLifeMs: number;
  /** Whether another instance's exchange is waited for. */
  readonly setWaiting: (isWaiting: boolean) => void;
}

/**
 * Obtains a new token; or the fleet's; or the one held, where another instance is obtaining it. `deadline` may move back while
 * it runs. `isFirstTry`: the last one did not fail.
 */
export type Obtain = (deadline: () => number, isFirstTry: boolean, wanted: Wanted) => Promise<AccessToken>;

interface Flight {
  readonly promise: Promise<AccessToken>;
  readonly startedAtMs: number;
  /**
   * Moves back to a whole budget from when the last caller joined, for a retry: the instance may have been frozen since it began.
   * At most to two budgets in all.
   */
  endsAtMs: number;
  isWaitingForFleet: boolean;
}

/**
 * Everything that one instance knows of one provider's token for one scope set: the token held, the exchange that is running,
 * and when the next one may be tried. Performs no I/O of its own.
 *
 * A flight belongs to nobody: it has its own time, callers wait for it as long as they can, and it fills the slot also when
 * they have all left. A token is replaced only when there is another.
 */
export class TokenSlot {
  readonly #obtain: Obtain;
  readonly #clock: SlotClock;
  readonly #createdAtMs: number;
  readonly #backOff = new BackOff();
  #held: AccessToken | undefined;
  #flight: Flight | undefined;
  /** Fingerprint of the token that a caller reported: the next one replaces it even if it lives shorter. */
  #reported: string | undefined;
  #refreshNotBeforeMs = 0;
  #minTtlNotBeforeMs = 0;
  #reportNotBeforeMs = 0;
  #leftToFleetUntilMs = 0;
  /** How much life the latest token had when it was new. */
  #freshLifeMs = Number.POSITIVE_INFINITY;

  constructor(obtain: Obtain, clock: SlotClock) {
    this.#obtain = obtain;
    this.#clock = clock;
    this.#createdAtMs = clock.now();
  }

  /** The token held, unless it is about to expire: it would expire on its way to the provider's API. */
  get(nowMs: number): AccessToken | undefined {
    return this.#getWithLife(expirySkewMs, nowMs);
  }

  /** The token held, with at least a second of life: for when no other is to be had. */
  getExpiring(nowMs: number): AccessToken | undefined {
    return this.#getWithLife(1_000, nowMs);
  }

  #getWithLife(lifeMs: number, nowMs: number): AccessToken | undefined {
    const held = this.#held;
    return held !== undefined && remainingMs(held, nowMs) >= lifeMs ? held : undefined;
  }

  isLoading(nowMs: number): boolean {
    return this.#running(nowMs) !== undefined;
  }

  /** Another instance is obtaining the token for which this one's callers wait. */
  isWaitingForFleet(nowMs: number): boolean {
    return this.#running(nowMs)?.isWaitingForFleet === true;
  }

  /** Another instance is refreshing the token held. */
  isLeftToFleet(nowMs: number): boolean {
    return nowMs < this.#leftToFleetUntilMs;
  }

  /** The last refresh failed, and no other is tried yet. */
  isCoolingDown(nowMs: number): boolean {
    return nowMs < this.#refreshNotBeforeMs || this.#backOff.remainingMs(nowMs) > 0;
  }

  /**
   * Whether a new token would have so much more life that an exchange is worth trying: at most once in 30 s, and not where
   * even the latest token had no more when it was new.
   */
  tryRefreshFor(minTtlMs: number, nowMs: number): boolean {
    if (nowMs < this.#minTtlNotBeforeMs || minTtlMs >= this.#freshLifeMs) return false;
    this.#minTtlNotBeforeMs = nowMs + minTtlCooldownMs;
    return true;
  }

  /** Whether a report of the token held causes an exchange. */
  canReplace(nowMs: number): boolean {
    return nowMs >= this.#reportNotBeforeMs;
  }

  /** A caller reported a token that is not held: the fleet may have it, and it is not for this caller. */
  avoid(fingerprint: string): void {
    if (this.#held === undefined || this.#held.fingerprint !== this.#reported) this.#reported = fingerprint;
  }

  /**
   * Replaces the token that a caller reported. It stays held until the new one is there.
   *
   * @throws TokenError as `load`
   */
  async replace(fingerprint: string): Promise<AccessToken> {
    this.#reported = fingerprint;
    const token = await this.load();
    this.#reportNotBeforeMs = Math.max(this.#reportNotBeforeMs, this.#clock.now() + reportCooldownMs);
    return token;
  }

  /**
   * A new token, by the flight that is running or by a new one. Of the token held and the new one the longer-lived stays and
   * is the answer; one that was reported gives way to any that can be vended.
   *
   * @param minLifeMs how much life of the fleet's token is enough
   * @throws TokenError what stopped the flight; or, within the back-off that follows, the same again
   */
  async load(minLifeMs = 0): Promise<AccessToken> {
    const nowMs = this.#clock.now();
    const running = this.#running(nowMs);
    if (running === undefined) {
      this.#backOff.assertOver(nowMs);
      return this.#start(nowMs, minLifeMs);
    }
    running.endsAtMs = Math.min(nowMs, running.startedAtMs + flightBudgetMs) + flightBudgetMs;
    try {
      return await running.promise;
    } catch (error) {
      // What ended a flight that another caller started long ago, and a freeze may have cut off, is not this caller's.
      const isInherited = isCutOff(error) && nowMs - running.startedAtMs >= inheritedAgeMs;
      if (!isInherited) throw error;
      return (this.#running(this.#clock.now()) ?? { promise: this.#start(this.#clock.now(), minLifeMs) }).promise;
    }
  }

  #running(nowMs: number): Flight | undefined {
    return this.#flight !== undefined && nowMs < this.#flight.endsAtMs ? this.#flight : undefined;
  }

  #start(nowMs: number, minLifeMs: number): Promise<AccessToken> {
    const flight = { startedAtMs: nowMs, endsAtMs: nowMs + flightBudgetMs, isWaitingForFleet: false };
    const isCurrent = () => this.#flight?.promise === promise;
    const wanted: Wanted = {
      held: this.get(nowMs),
      rejected: this.#reported,
      minLifeMs,
      setWaiting: (isWaiting) => {
        flight.isWaitingForFleet = isWaiting;
      },
    };
    const promise = this.#obtain(() => flight.endsAtMs, !this.#backOff.isFailing, wanted).then(
      (token) => {
        if (isCurrent()) this.#flight = undefined;
        return this.#adopt(token);
      },
      (error: unknown) => {
        // A flight that was given up says nothing about the provider: another one has taken its place.
        if (!isCurrent()) throw error;
        this.#flight = undefined;
        throw this.#fail(error);
      },
    );
    this.#flight = Object.assign(flight, { promise });
    return promise;
  }

  #adopt(token: AccessToken): AccessToken {
    const held = this.#held;
    const nowMs = this.#clock.now();
    if (token === held) {
      this.#leftToFleetUntilMs = nowMs + leftToFleetMs * (1 - 0.5 * this.#clock.random());
      return token;
    }
    this.#backOff.end();
    if (token.expiresAtMs === undefined) return token;
    const lifeMs = remainingMs(token, nowMs);
    this.#freshLifeMs = token.sharedLifetimeMs ?? lifeMs;
    const isReported = held !== undefined && held.fingerprint === this.#reported;
    const isLongerLived = held === undefined || lifeMs >= remainingMs(held, nowMs);
    if (!isLongerLived && !(isReported && lifeMs >= expirySkewMs)) {
      this.#coolDown(nowMs);
      return isReported ? token : held;
    }
    this.#held = token;
    this.#refreshNotBeforeMs = 0;
    return token;
  }

  /** The error for those who waited: it says when the next try is made. */
  #fail(thrown: unknown): TokenError {
    const error = asTokenError(thrown);
    const nowMs = this.#clock.now();
    this.#coolDown(nowMs);
    // A provider that has said when to come back is left alone until then anyway, for all scopes.
    if (error.retryAfterSeconds !== undefined) return error;
    this.#backOff.start(error, nowMs, this.#clock.random);
    return error.withRetryAfter(Math.ceil(this.#backOff.remainingMs(nowMs) / 1000));
  }

  /** At random, so that a fleet which failed at once does not try again at once. */
  #coolDown(nowMs: number): void {
    this.#refreshNotBeforeMs = nowMs + refreshCooldownMs * (1 + 0.5 * this.#clock.random());
  }

  /** When nothing is left here that is worth keeping; in the past if that is so already. */
  idleFromMs(nowMs: number): number {
    return Math.max(
      this.#createdAtMs + slotMinLifeMs,
      this.#held === undefined ? 0 : nowMs + remainingMs(this.#held, nowMs),
      this.#flight === undefined ? 0 : this.#flight.endsAtMs,
      nowMs + this.#backOff.remainingMs(nowMs),
    );
  }
}

/** Whether a flight ended for want of time or of its connection, both of which a freeze takes away. */
function isCutOff(error: unknown): boolean {
  return error instanceof TokenError && (error.reason === 'provider_timeout' || error.reason === 'connection_failed');
}
