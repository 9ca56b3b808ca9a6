interface Entry<Value> {
  readonly value: Value;
  readonly expiresAtMs: number;
}

/** Keeps each entry until it expires. All entries should live about equally long: only the oldest ones are dropped. */
export class ExpiringMap<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #now: () => number;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAtMs > this.#now() ? entry.value : undefined;
  }

  set(key: string, value: Value, expiresInSeconds: number): void {
    this.#dropExpired();
    this.#entries.set(key, { value, expiresAtMs: this.#now() + expiresInSeconds * 1000 });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The oldest come first, and expire first. */
  #dropExpired(): void {
    for (const [key, { expiresAtMs }] of this.#entries) {
      if (expiresAtMs > this.#now()) return;
      this.#entries.delete(key);
    }
  }
}
