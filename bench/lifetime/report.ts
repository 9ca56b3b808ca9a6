import { type ContestantName, contestants } from '../contestants/contestants.ts';
import { printTable } from '../table.ts';
import type { DayOptions } from './day.ts';
import type { DayCounts } from './day-account.ts';

export interface Day extends DayCounts, Omit<DayOptions, 'file'> {
  readonly contestant: ContestantName;
}

/** What goes into the results file beside the counts. */
export interface Lifetime extends Day {
  /** All instances together, in the time that one token lives. */
  readonly exchangesPerLifetime: number;
  readonly secretReadsPerLifetime: number;
  readonly exchangesPerLifetimeAndInstance: number;
  readonly secretReadsPerLifetimeAndInstance: number;
}

export function perLifetime(day: Day): Lifetime {
  const lifetimes = day.daySeconds / day.tokenLifetimeSeconds;
  return {
    ...day,
    exchangesPerLifetime: day.exchanges / lifetimes,
    secretReadsPerLifetime: day.secretReads / lifetimes,
    exchangesPerLifetimeAndInstance: day.exchanges / lifetimes / day.instances,
    secretReadsPerLifetimeAndInstance: day.secretReads / lifetimes / day.instances,
  };
}

const header = [
  'lifetime: requests a second, instances',
  'vends',
  'failed',
  'exchanges',
  '… a token lifetime',
  '… and instance',
  'GetSecretValue',
  '… a token lifetime',
  '… and instance',
  'shortest life of a vended token, s',
  'vended after its end',
];

export function print(lifetimes: readonly Lifetime[]): void {
  printTable(header, lifetimes.map(row));
}

function row(lifetime: Lifetime): string[] {
  const { contestant, requestsPerSecond, instances, shortestLifeMs } = lifetime;
  return [
    `${requestsPerSecond}/s, ${instances}: ${contestants[contestant]}`,
    `${lifetime.vends}`,
    `${lifetime.failedVends}`,
    `${lifetime.exchanges}`,
    lifetime.exchangesPerLifetime.toFixed(2),
    lifetime.exchangesPerLifetimeAndInstance.toFixed(2),
    `${lifetime.secretReads}`,
    lifetime.secretReadsPerLifetime.toFixed(2),
    lifetime.secretReadsPerLifetimeAndInstance.toFixed(2),
    shortestLifeMs === undefined ? 'none was vended' : (shortestLifeMs / 1000).toFixed(2),
    `${lifetime.expiredVends}`,
  ];
}
