import { VendError } from '../../shared/runtime/errors.ts';
import type { RetryDeps } from '../../shared/runtime/retry.ts';
import { Cooldown } from './cooldown.ts';

/** How far a caller is to be served. */
export interface Limits {
  /** Wall clock, milliseconds since 1970: when the exchange has to be over. */
  readonly deadlineMs: number;
  /** Whether to wait out a short pause: for callers who would otherwise get no token. */
  readonly isPatient: boolean;
}

/** A provider that names more than this does not merely limit its rate, and nobody is kept waiting for it. */
export const shortPauseMs = 1_000;
/** What has to be left for the exchange after the waiting. */
const exchangeReserveMs = 1_000;

/** What providers have asked for by `Retry-After`: until when each is to be left alone. */
export interface Pauses {
  start(provider: string, seconds: number): void;
  /** Whether there is no pause, or one that this caller waits out. */
  isBearable(provider: string, limits: Limits): boolean;
  /** @throws VendError `temporarily_unavailable` with what is left of a pause that is too long for this caller */
  assertBearable(provider: string, limits: Limits): void;
  /**
   * Waits until the provider may be asked, and then up to a second more, at random: a fleet that was throttled at once
   * does not come back at once.
   *
   * @throws VendError as above
   */
  waitOut(provider: string, limits: Limits): Promise<void>;
}

export function createPauses({ now, random, sleep }: RetryDeps): Pauses {
  const pauses = new Cooldown(now);

  function isBearable(provider: string, { deadlineMs, isPatient }: Limits): boolean {
    const leftMs = pauses.remainingMs(provider);
    if (leftMs === 0) return true;
    const latestMs = now() + leftMs + shortPauseMs + exchangeReserveMs;
    return isPatient && leftMs <= shortPauseMs && latestMs <= deadlineMs;
  }

  function assertBearable(provider: string, limits: Limits): void {
    if (isBearable(provider, limits)) return;
    const leftMs = pauses.remainingMs(provider);
    throw new VendError('temporarily_unavailable', 'The provider asked to be left alone; try again later.', {
      retryAfterSeconds: Math.ceil(leftMs / 1000),
      reason: 'provider_paused',
    });
  }

  return {
    start: (provider, seconds) => pauses.start(provider, seconds * 1000),
    isBearable,
    assertBearable,
    async waitOut(provider, limits) {
      // Again after each wait: meanwhile an exchange for other scopes may have been asked to wait.
      for (let leftMs = pauses.remainingMs(provider); leftMs > 0; leftMs = pauses.remainingMs(provider)) {
        assertBearable(provider, limits);
        await sleep(leftMs + shortPauseMs * random());
      }
    },
  };
}
