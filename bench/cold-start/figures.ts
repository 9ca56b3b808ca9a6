import { median, medianRatio, quantile } from '../statistics.ts';

import { type ColdStart, type ColdStartContestant, coldStartContestants, type Rounds } from './rounds.ts';

export interface Spread {
  readonly median: number;
  readonly p95: number;
}

export interface ContestantFigures {
  readonly readyMs: Spread;
  readonly tokenMs: Spread;
  readonly processMs: Spread;
  /** Median; undefined where the system does not say. */
  readonly rssKb: number | undefined;
  /** How many times as long as the floor it takes to its first token. */
  readonly timesFloor: number;
  readonly rounds: readonly ColdStart[];
}

export type ByContestant<Value> = Readonly<Record<ColdStartContestant, Value>>;

export function summarizeAll(rounds: Rounds): ByContestant<ContestantFigures> {
  return byContestant((name) => summarize(rounds[name], rounds.floor));
}

export function byContestant<Value>(read: (name: ColdStartContestant) => Value): ByContestant<Value> {
  const entries = coldStartContestants.map((name) => [name, read(name)] as const);
  return Object.fromEntries(entries) as Record<ColdStartContestant, Value>;
}

function summarize(starts: readonly ColdStart[], floor: readonly ColdStart[]): ContestantFigures {
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
    timesFloor: timesAsLong(starts, floor),
    rounds: starts,
  };
}

/** How many times as long as `others` these take to the first token. */
export function timesAsLong(starts: readonly ColdStart[], others: readonly ColdStart[]): number {
  const tokenMs = (start: ColdStart) => start.tokenMs;
  return medianRatio(starts.map(tokenMs), others.map(tokenMs));
}
