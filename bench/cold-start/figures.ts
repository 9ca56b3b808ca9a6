import { median, quantile } from '../statistics.ts';
import type { ColdStart } from './measure-cold-start.ts';

export interface Spread {
  readonly median: number;
  readonly p95: number;
}

export interface Figures {
  readonly readyMs: Spread;
  readonly tokenMs: Spread;
  readonly processMs: Spread;
  /** Median; undefined where the system does not tell. */
  readonly rssKb: number | undefined;
}

export function summarize(starts: readonly ColdStart[]): Figures {
  const spread = (read: (start: ColdStart) => number): Spread => {
    const values = starts.map(read);
    return { median: median(values), p95: quantile(values, 0.95) };
  };
  const sizes = starts.map(({ rssKb }) => rssKb).filter((size) => size !== undefined);
  return {
    readyMs: spread(({ readyMs }) => readyMs),
    tokenMs: spread(({ tokenMs }) => tokenMs),
    processMs: spread(({ processMs }) => processMs),
    rssKb: sizes.length === 0 ? undefined : median(sizes),
  };
}

/** How many times as long as `others` these take to the first answer: the median of the ratios within a round. */
export function timesAsLong(starts: readonly ColdStart[], others: readonly ColdStart[]): number {
  return median(starts.map(({ tokenMs }, round) => tokenMs / (others[round]?.tokenMs ?? Number.NaN)));
}
