interface Flight<Value> {
  readonly promise: Promise<Value>;
  readonly endsAtMs: number;
}

/**
 * Shares one running promise per key among all who ask meanwhile. Nothing is kept once it has settled, and one that has not
 * settled within `budgetMs` is given up: an instance may have been frozen in the middle of it.
 */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, Flight<Value>>();
  readonly #now: () => number;
  readonly #budgetMs: number;

  /** @param now milliseconds, never going back */
  constructor(now: () => number, budgetMs: number) {
    this.#now = now;
    this.#budgetMs = budgetMs;
  }

  run(key: string, start: () => Promise<Value>): Promise<Value> {
    const running = this.#flights.get(key);
    if (running !== undefined && this.#now() < running.endsAtMs) return running.promise;
    const promise = start().finally(() => {
      if (this.#flights.get(key)?.promise === promise) this.#flights.delete(key);
    });
    this.#flights.set(key, { promise, endsAtMs: this.#now() + this.#budgetMs });
    return promise;
  }
}
