import { TokenError } from '../../shared/runtime/errors.ts';

export interface RetryAfterDeps {
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A provider that asks for more than this does not merely limit its rate, and no caller is kept waiting for it. */
const longestWaitMs = 1_000;
/** What has to be left for the exchange after the wait. */
const exchangeReserveMs = 1_000;

interface Wait {
  untilMs: number;
  /** A vend has waited for this provider and still got no token. */
  wasInVain: boolean;
}

/**
 * Until when providers asked to be left alone by `Retry-After` (RFC 9110 §10.2.3). A wait of a second or less may be waited
 * out by a caller for whom there is no token; once a vend has waited in vain, those that follow fail fast until an exchange
 * succeeds.
 */
export class RetryAfter {
  /** The settings bound it: one entry per provider. */
  readonly #waits = new Map<string, Wait>();
  readonly #deps: RetryAfterDeps;

  constructor(deps: RetryAfterDeps) {
    this.#deps = deps;
  }

  start(provider: string, seconds: number): void {
    const wasInVain = this.#waits.get(provider)?.wasInVain ?? false;
    this.#waits.set(provider, { untilMs: this.#deps.now() + seconds * 1000, wasInVain });
  }

  /** An exchange has succeeded. */
  clear(provider: string): void {
    this.#waits.delete(provider);
  }

  waitedInVain(provider: string): void {
    const wait = this.#waits.get(provider);
    if (wait !== undefined) wait.wasInVain = true;
  }

  /** Whether there is a wait that a caller who has to be answered by `deadlineMs` may wait out. */
  canWait(provider: string, deadlineMs: number): boolean {
    const leftMs = this.#remainingMs(provider);
    if (leftMs === 0) return false;
    const latestMs = this.#deps.now() + leftMs + longestWaitMs + exchangeReserveMs;
    return leftMs <= longestWaitMs && latestMs <= deadlineMs && this.#waits.get(provider)?.wasInVain !== true;
  }

  /** @throws TokenError `provider_asked_to_wait` with the seconds that are left */
  assertOver(provider: string): void {
    const leftMs = this.#remainingMs(provider);
    if (leftMs === 0) return;
    throw new TokenError('provider_asked_to_wait', { retryAfterSeconds: Math.ceil(leftMs / 1000) });
  }

  /**
   * Waits until the provider may be asked, and then up to a second more, at random: a fleet that was throttled at once
   * does not come back at once. Only for callers who `canWait`.
   */
  async waitOut(provider: string): Promise<void> {
    const { random, sleep } = this.#deps;
    await sleep(this.#remainingMs(provider) + longestWaitMs * random());
  }

  #remainingMs(provider: string): number {
    const untilMs = this.#waits.get(provider)?.untilMs ?? 0;
    return Math.max(0, untilMs - this.#deps.now());
  }
}
