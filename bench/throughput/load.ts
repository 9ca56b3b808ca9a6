import { quantile } from '../statistics.ts';

export interface LoadOptions {
  /** One request with all of its answer. A request that fails fails the load. */
  readonly send: () => Promise<void>;
  readonly inFlight: number;
  /** What is sent before this time is over is not counted. */
  readonly warmUpMs: number;
  readonly measuredMs: number;
  /** Milliseconds. */
  readonly now: () => number;
  /** Told once, when the warm-up is over. */
  readonly onWarm: () => void;
}

export interface LoadFigures {
  /** Answered within the measured time. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** So many clients, each of which sends its next request as soon as the last one is answered. */
export async function runLoad(options: LoadOptions): Promise<LoadFigures> {
  const { send, inFlight, warmUpMs, measuredMs, now, onWarm } = options;
  const warmAtMs = now() + warmUpMs;
  const endsAtMs = warmAtMs + measuredMs;
  const tookMs: number[] = [];
  let isWarm = false;

  async function runClient(): Promise<void> {
    let startedAtMs = now();
    while (startedAtMs < endsAtMs) {
      await send();
      const answeredAtMs = now();
      if (answeredAtMs >= warmAtMs && !isWarm) {
        isWarm = true;
        onWarm();
      }
      if (answeredAtMs >= warmAtMs && answeredAtMs < endsAtMs) tookMs.push(answeredAtMs - startedAtMs);
      startedAtMs = answeredAtMs;
    }
  }

  await Promise.all(Array.from({ length: inFlight }, runClient));
  return {
    requests: tookMs.length,
    requestsPerSecond: (tookMs.length * 1000) / measuredMs,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
  };
}
