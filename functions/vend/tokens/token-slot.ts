import { type AccessToken, expirySkewMs, remainingMs } from '../../shared/exchange/access-token.ts';
import { asTokenError, type TokenError } from '../../shared/runtime/errors.ts';
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

export interface SlotClock {
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Obtains a new token by `deadlineMs`. `isFirstTry`: the last one did not fail. */
export type Obtain = (deadlineMs: number, isFirstTry: boolean) => Promise<AccessToken>;

interface Flight {
  readonly promise: Promise<AccessToken>;
  readonly endsAtMs: number;
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
  /** How much life the latest token had when it came. */
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
    return this.#flight !== undefined && nowMs < this.#flight.endsAtMs;
  }

  /** The last refresh failed, and no other is tried yet. */
  isCoolingDown(nowMs: number): boolean {
    return nowMs < this.#refreshNotBeforeMs || this.#backOff.remainingMs(nowMs) > 0;
  }

  /**
   * Whether a new token would have so much more life that an exchange is worth trying: at most once in 30 s, and not where
   * even the latest token had less when it was new.
   */
  tryRefreshFor(minTtlMs: number, nowMs: number): boolean {
    if (nowMs < this.#minTtlNotBeforeMs || minTtlMs > this.#freshLifeMs) return false;
    this.#minTtlNotBeforeMs = nowMs + minTtlCooldownMs;
    return true;
  }

  /** Whether a report of the token held causes an exchange. */
  canReplace(nowMs: number): boolean {
    return nowMs >= this.#reportNotBeforeMs;
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
   * @throws TokenError what stopped the flight; or, within the back-off that follows, the same again
   */
  load(): Promise<AccessToken> {
    const nowMs = this.#clock.now();
    if (this.#flight !== undefined && nowMs < this.#flight.endsAtMs) return this.#flight.promise;
    return this.#start(nowMs);
  }

  async #start(nowMs: number): Promise<AccessToken> {
    this.#backOff.assertOver(nowMs);
    const endsAtMs = nowMs + flightBudgetMs;
    const isCurrent = () => this.#flight?.promise === promise;
    const promise = this.#obtain(endsAtMs, !this.#backOff.isFailing).then(
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
    this.#flight = { promise, endsAtMs };
    return promise;
  }

  #adopt(token: AccessToken): AccessToken {
    const held = this.#held;
    const nowMs = this.#clock.now();
    this.#backOff.end();
    if (token.expiresAtMs === undefined) return token;
    const lifeMs = remainingMs(token, nowMs);
    this.#freshLifeMs = lifeMs;
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
