/** Allows a number of requests in any second. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  #allowedAtMs: number[] = [];

  /** @param now milliseconds */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Whether one more request is allowed. */
  tryEnter(): boolean {
    const nowMs = this.#now();
    this.#allowedAtMs = this.#allowedAtMs.filter((atMs) => nowMs - atMs < 1000);
    if (this.#allowedAtMs.length >= this.#perSecond) return false;
    this.#allowedAtMs.push(nowMs);
    return true;
  }
}
