/**
 * The scripted hour runs on a clock of its own, `speed` times as fast as the wall clock, the same in every process. Short
 * token lifetimes alone cannot compress it: the 10 s that a token must have left, the pauses after a failure, timeouts
 * and a `Retry-After` are seconds too, and a token that lives for a minute would have no time left in which to renew it.
 */
export interface FastClock {
  /** Wall clock, milliseconds since 1970, at which both clocks agree. */
  readonly originMs: number;
  readonly speed: number;
}

/** Milliseconds since 1970 on the fast clock, in fractions as fine as `performance.now`. */
export function createFastNow({ originMs, speed }: FastClock): () => number {
  // Bound now: in an instance `performance.now` itself is replaced later.
  const sinceStartMs = performance.now.bind(performance);
  return () => originMs + (performance.timeOrigin + sinceStartMs() - originMs) * speed;
}
