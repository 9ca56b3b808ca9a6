const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/** Keeps what failed from being tried again at once: after 1 s, 2 s, 4 s, … 30 s. */
export class BackOff {
  #pauseMs = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  isOver(nowMs: number): boolean {
    return nowMs >= this.#untilMs;
  }

  /** @param atLeastMs what the service asked for */
  extend(nowMs: number, atLeastMs = 0): void {
    this.#pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2));
    this.#untilMs = nowMs + Math.max(this.#pauseMs, atLeastMs);
  }

  /** Once, and for so long. */
  pause(nowMs: number, pauseMs: number): void {
    this.#untilMs = nowMs + pauseMs;
  }

  reset(): void {
    this.#pauseMs = 0;
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }
}
