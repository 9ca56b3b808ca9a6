/**
 * The scripted hour runs on a clock of its own, `speed` times as fast as the wall clock, the same in every process. Short
 * token lifetimes alone cannot compress it: the 10 s that a token must have left, the pauses after a failure, timeouts
 * and a `Retry-After` are seconds too, and a token that lives for a minute would have no time left in which to renew it.
 * What the machine itself takes counts `speed` times: 2 ms for a request on loopback are 50 ms of a network.
 */
export interface FastClock {
  /** Wall clock, milliseconds since 1970: until then both clocks agree, so that cold starts take the time they take. */
  readonly originMs: number;
  readonly speed: number;
}

/** Milliseconds since 1970 on the fast clock, in fractions as fine as `performance.now`. */
export function createFastNow({ originMs, speed }: FastClock): () => number {
  // Bound now: in an instance `performance.now` itself is replaced later.
  const sinceStartMs = performance.now.bind(performance);
  return () => {
    const wallMs = performance.timeOrigin + sinceStartMs();
    return wallMs < originMs ? wallMs : originMs + (wallMs - originMs) * speed;
  };
}
