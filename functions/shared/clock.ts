/**
 * A clock whose readings never go back, in milliseconds since 1970: between two readings it advances by what the wall
 * clock or the monotonic clock advanced, whichever is more. A wall clock that is set back makes no token live longer,
 * and an instance that was frozen for hours, where a monotonic clock may have stood still, knows that it was. At worst
 * the clock is ahead, and a token is renewed early.
 */
export function createClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): () => number {
  let lastWallMs = wall();
  let lastMonotonicMs = monotonic();
  let nowMs = lastWallMs;
  return function now() {
    const wallMs = wall();
    const monotonicMs = monotonic();
    nowMs += Math.max(wallMs - lastWallMs, monotonicMs - lastMonotonicMs, 0);
    lastWallMs = wallMs;
    lastMonotonicMs = monotonicMs;
    return nowMs;
  };
}
