/** Shares one running promise per key among all who ask meanwhile. Nothing is kept once it has settled. */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, Promise<Value>>();

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  run(key: string, start: () => Promise<Value>): Promise<Value> {
    const running = this.#flights.get(key);
    if (running !== undefined) return running;
    const flight = start().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}
