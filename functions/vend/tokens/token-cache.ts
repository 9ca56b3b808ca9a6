import { type AccessToken, expirySkewMs, remainingMs } from '../../shared/exchange/access-token.ts';
import { BoundedMap } from './bounded-map.ts';
import { SingleFlight } from './single-flight.ts';

export const tokenCacheLimit = 1000;

/**
 * The tokens that this instance holds, in memory. It never answers an expired one, and none with less than `expirySkewMs`
 * of life unless asked for it; never has more than one load running per key, and keeps nothing of a load that failed.
 * Performs no I/O of its own. Times are the wall clock's, in milliseconds since 1970.
 */
export class TokenCache {
  readonly #tokens: BoundedMap<AccessToken>;
  readonly #loads = new SingleFlight<AccessToken>();

  constructor(limit: number = tokenCacheLimit) {
    this.#tokens = new BoundedMap(limit);
  }

  get size(): number {
    return this.#tokens.size;
  }

  get(key: string, nowMs: number): AccessToken | undefined {
    return this.#getWithLife(key, nowMs + expirySkewMs);
  }

  /** A token with at least a second of life: for when there is no other to be had. */
  getExpiring(key: string, nowMs: number): AccessToken | undefined {
    return this.#getWithLife(key, nowMs + 1_000);
  }

  #getWithLife(key: string, untilMs: number): AccessToken | undefined {
    const token = this.#tokens.get(key);
    return token !== undefined && remainingMs(token, untilMs) >= 0 ? token : undefined;
  }

  evict(key: string): void {
    this.#tokens.delete(key);
  }

  isLoading(key: string): boolean {
    return this.#loads.has(key);
  }

  /**
   * Obtains a token and keeps it, once for all who ask meanwhile. Of the token held and the one obtained the
   * longer-lived stays and is the answer. A failure reaches everyone who waits and leaves the token held as it was.
   */
  load(key: string, obtain: () => Promise<AccessToken>): Promise<AccessToken> {
    return this.#loads.run(key, async () => {
      const obtained = await obtain();
      if (obtained.expiresAtMs === undefined) return obtained;
      const held = this.#tokens.get(key);
      if (held?.expiresAtMs !== undefined && held.expiresAtMs > obtained.expiresAtMs) return held;
      this.#tokens.set(key, obtained);
      return obtained;
    });
  }
}
