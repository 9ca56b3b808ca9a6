import type { VendedAt } from '../vend/vend.ts';
import { VendedToken } from '../vended-token.ts';

/** A token and its times, by the clock that ages tokens. */
export interface HeldToken {
  readonly token: VendedToken;
  readonly expiresAtMs: number;
  /** From here on it is renewed ahead. */
  readonly refreshAtMs: number;
}

/** The last tenth of a life; of one of five minutes or more at least a minute. */
function refreshWindowMs(lifeMs: number): number {
  return Math.max(lifeMs / 10, lifeMs >= 300_000 ? 60_000 : 0);
}

/** One without `expires_in` has expired as soon as it is handed out. */
export function holdToken({ answer, sentAtMs, sentAtWallMs }: VendedAt): HeldToken {
  if (answer.expires_in === undefined) {
    return { token: new VendedToken(answer, undefined), expiresAtMs: sentAtMs, refreshAtMs: sentAtMs };
  }
  const lifeMs = answer.expires_in * 1_000;
  const expiresAtMs = sentAtMs + lifeMs;
  return {
    token: new VendedToken(answer, new Date(sentAtWallMs + lifeMs)),
    expiresAtMs,
    refreshAtMs: expiresAtMs - refreshWindowMs(lifeMs),
  };
}
