/** How far the wall clock may be ahead before it is believed: more than its rounding and what two readings lie apart. */
const toleranceMs = 1_000;

/**
 * A clock whose readings never go back, in milliseconds since 1970. It follows the monotonic clock, and goes forward
 * with the wall clock where that has got ahead: an instance that was frozen for hours, in which a monotonic clock may
 * have stood still, knows that it was. A wall clock that is set back makes no token live longer. At worst the clock is
 * ahead, and a token is renewed early, or a second behind.
 */
export function createClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): () => number {
  let lastWallMs = wall();
  let lastMonotonicMs = monotonic();
  let nowMs = lastWallMs;
  // By how much the wall clock has advanced more than this one. Summed up, for freezes may be many and short.
  let lagMs = 0;
  return function now() {
    const wallMs = wall();
    const monotonicMs = monotonic();
    const elapsedMs = monotonicMs - lastMonotonicMs;
    nowMs += elapsedMs;
    lagMs += wallMs - lastWallMs - elapsedMs;
    if (lagMs > toleranceMs) nowMs += lagMs;
    if (Math.abs(lagMs) > toleranceMs) lagMs = 0;
    lastWallMs = wallMs;
    lastMonotonicMs = monotonicMs;
    return nowMs;
  };
}
