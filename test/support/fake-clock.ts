/** A wall clock that moves only when a test says so. */
export interface FakeClock {
  readonly now: () => number;
  advanceSeconds(seconds: number): void;
}

export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advanceSeconds(seconds) {
      nowMs += seconds * 1000;
    },
  };
}
