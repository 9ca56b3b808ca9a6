import { createHash } from 'node:crypto';

/** An access token as this service holds it: with an absolute expiry, never a relative one. */
export interface AccessToken {
  /** The bearer token itself. Never logged; `fingerprint` stands for it. */
  readonly value: string;
  /** Lower-case hex SHA-256 of `value`. */
  readonly fingerprint: string;
  /** Milliseconds since 1970; undefined when the provider gave no lifetime and none is configured: such a token is not kept. */
  readonly expiresAtMs: number | undefined;
  /** From when its life counts. Undefined where no expiry is known. */
  readonly sentAtMs?: number | undefined;
  /** How long it lived when it was new, where another instance obtained it; undefined for one's own. */
  readonly sharedLifetimeMs?: number;
  /** From then on, one caller refreshes it inside its own invocation. */
  readonly refreshAtMs: number | undefined;
  /** As the provider spelled it, if it did. */
  readonly scope: string | undefined;
  /** Further fields of the answer that the provider's settings expose. */
  readonly exposed: Readonly<Record<string, unknown>>;
  readonly secretVersionId: string;
  /** How long obtaining it took. `secretMs` is undefined when the secret was in memory. */
  readonly obtainedIn: { readonly secretMs: number | undefined; readonly exchangeMs: number };
}

/** A token with less life than this is not vended from memory: it would expire on its way. */
export const expirySkewMs = 10_000;

/**
 * Where in a token's life it is refreshed: a random point between 75 % and 90 %, so that a fleet which started at once
 * does not refresh at once.
 */
export function chooseRefreshAtMs(sentAtMs: number, lifetimeMs: number, random: () => number): number {
  return sentAtMs + lifetimeMs * (0.75 + 0.15 * random());
}

export function fingerprintOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Milliseconds left; infinite where no expiry is known. */
export function remainingMs(token: AccessToken, nowMs: number): number {
  return token.expiresAtMs === undefined ? Number.POSITIVE_INFINITY : token.expiresAtMs - nowMs;
}
