/** Time and chance. Milliseconds throughout. */
export interface Runtime {
  /** Since 1970: dates signatures and `expiresAt`. */
  readonly wall: () => number;
  /** Ages tokens: never goes back, and has no fixed beginning. */
  readonly age: () => number;
  /** From 0 to less than 1. */
  readonly random: () => number;
}

/** How far the wall clock may be ahead before it is believed: more than two readings lie apart. */
const toleranceMs = 1_000;

/**
 * A clock that never goes back. It follows the monotonic clock, and goes forward with the wall clock where that has got
 * ahead: in a frozen Lambda and in a sleeping laptop a monotonic clock may stand still while tokens expire.
 */
export function createAgeClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): () => number {
  let aheadMs = 0;
  let leadMs = wall() - monotonic();
  return function age() {
    const monotonicMs = monotonic();
    const gainedMs = wall() - monotonicMs - leadMs;
    if (gainedMs > toleranceMs) aheadMs += gainedMs;
    // A wall clock that was set back is followed, too, so that it is noticed when it next runs ahead.
    if (Math.abs(gainedMs) > toleranceMs) leadMs += gainedMs;
    return monotonicMs + aheadMs;
  };
}

export function systemRuntime(): Runtime {
  return { wall: Date.now, age: createAgeClock(), random: Math.random };
}
