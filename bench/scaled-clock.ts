import { promisify } from 'node:util';

/**
 * Time that runs `speed` times as fast as the wall clock, the same in every process.
 *
 * Faster for an hour of faults: short token lifetimes alone cannot compress it, because the 10 s that a token must have left,
 * back-offs, timeouts and a `Retry-After` are seconds too. Slower for hundreds of instances on a few cores: each has as much
 * of a processor as it would have alone. Time that the machine itself takes counts `speed` times: at 24 times, 2 ms for a
 * request on loopback are 50 ms of a network.
 */
export class ScaledClock {
  readonly speed: number;
  #originMs: number;
  // Bound now, because an instance replaces `performance.now` later.
  readonly #sinceStartMs = performance.now.bind(performance);

  /** @param originMs wall clock, milliseconds since 1970. Both clocks agree until then, so that starting takes its own time. */
  constructor(speed: number, originMs = Number.POSITIVE_INFINITY) {
    this.speed = speed;
    this.#originMs = originMs;
  }

  get originMs(): number {
    return this.#originMs;
  }

  startAt(originMs: number): void {
    this.#originMs = originMs;
  }

  /** Milliseconds since 1970, in fractions as fine as `performance.now`. */
  readonly now = (): number => {
    const wallMs = performance.timeOrigin + this.#sinceStartMs();
    return wallMs < this.#originMs ? wallMs : this.#originMs + (wallMs - this.#originMs) * this.speed;
  };

  /** How long the wall clock takes for so many milliseconds of this one. */
  readonly inWallMs = (ms: number): number => (this.now() < this.#originMs ? ms : ms / this.speed);
}

/**
 * Makes this process go by the clock: `Date.now`, `performance.now` and `setTimeout` in both forms, as far as CommonJS code
 * uses them that is loaded later. What is imported as an ES module from `node:timers/promises` stays as it is.
 *
 * @returns the timer of the wall clock
 */
export function installScaledClock({ now, inWallMs }: ScaledClock): typeof setTimeout {
  const startedAtMs = now();
  const wallSetTimeout = setTimeout;
  // Whole milliseconds, as Date.now gives them.
  Date.now = () => Math.floor(now());
  Object.defineProperty(performance, 'now', { value: () => now() - startedAtMs });
  const sleep = (ms: number) => new Promise<void>((resolve) => wallSetTimeout(resolve, inWallMs(ms)));
  const scaledSetTimeout = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
    wallSetTimeout(callback, inWallMs(ms), ...args);
  globalThis.setTimeout = Object.assign(scaledSetTimeout, {
    [promisify.custom]: sleep,
  }) as unknown as typeof setTimeout;
  Object.assign(process.getBuiltinModule('node:timers/promises'), { setTimeout: sleep });
  return wallSetTimeout;
}
