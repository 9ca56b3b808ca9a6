import { BoundedMap } from './bounded-map.ts';

/** Remembers for each key until when something is not to be tried again. Performs no I/O and sets no timer. */
export class Cooldown {
  readonly #untilMs = new BoundedMap<number>(1000);
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  start(key: string, durationMs: number): void {
    this.#untilMs.set(key, this.#now() + durationMs);
  }

  /** Milliseconds still to wait; 0 when the key may be tried. */
  remainingMs(key: string): number {
    const untilMs = this.#untilMs.get(key);
    return untilMs === undefined ? 0 : Math.max(0, untilMs - this.#now());
  }

  /** True, and starts the cooldown, when the key is not cooling down: at most one true per `durationMs` and key. */
  tryEnter(key: string, durationMs: number): boolean {
    if (this.remainingMs(key) > 0) return false;
    this.start(key, durationMs);
    return true;
  }
}
