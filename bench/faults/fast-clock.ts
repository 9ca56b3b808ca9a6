/**
 * The scripted hour runs on its own clock, `speed` times as fast as the wall clock and the same in every process. Short
 * token lifetimes alone cannot compress it: the 10 s that a token must have left, back-offs, timeouts and a `Retry-After`
 * are seconds too, and a token that lives for a minute would leave no time in which to refresh it. Time that the machine
 * itself takes counts `speed` times: 2 ms for a request on loopback are 50 ms of a network.
 */
export interface FastClock {
  /** Wall clock, milliseconds since 1970. Both clocks agree until then, so that cold starts run at their own speed. */
  readonly originMs: number;
  readonly speed: number;
}

/** Milliseconds since 1970 on the fast clock, in fractions as fine as `performance.now`. */
export function createFastNow({ originMs, speed }: FastClock): () => number {
  // Bound now, because an instance replaces `performance.now` later.
  const sinceStartMs = performance.now.bind(performance);
  return () => {
    const wallMs = performance.timeOrigin + sinceStartMs();
    return wallMs < originMs ? wallMs : originMs + (wallMs - originMs) * speed;
  };
}
