/** Stands still until it is set. */
export interface JumpingClock {
  /** Milliseconds since 1970. */
  now(): number;
  set(nowMs: number): void;
}

export function createJumpingClock(startMs: number): JumpingClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    set(next) {
      nowMs = next;
    },
  };
}

/** The parts of `globalThis` that tell the time. */
export interface Clocks {
  Date: DateConstructor;
  readonly performance: { now(): number };
}

/** Makes `Date` and `performance.now` tell the clock's time. Timers stay as they are. */
export function installClock({ now }: JumpingClock, clocks: Clocks): void {
  const startMs = now();
  class JumpingDate extends clocks.Date {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
    /** Whole milliseconds, as usual. */
    static override now(): number {
      return Math.floor(now());
    }
  }
  clocks.Date = JumpingDate as DateConstructor;
  Object.defineProperty(clocks.performance, 'now', { value: () => now() - startMs });
}
