/** Stands still until it is set. */
export class JumpingClock {
  /** Milliseconds since 1970. */
  nowMs: number;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }
}

/** The parts of `globalThis` that tell the time. */
export interface Clocks {
  Date: DateConstructor;
  readonly performance: { now(): number };
}

/** Makes `Date` and `performance.now` tell the clock's time. Timers stay as they are. */
export function installClock(clock: JumpingClock, clocks: Clocks): void {
  const startMs = clock.nowMs;
  class JumpingDate extends clocks.Date {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [clock.nowMs] : given) as [number]));
    }
    /** Whole milliseconds, as usual. */
    static override now(): number {
      return Math.floor(clock.nowMs);
    }
  }
  clocks.Date = JumpingDate as DateConstructor;
  Object.defineProperty(clocks.performance, 'now', { value: () => clock.nowMs - startMs });
}
