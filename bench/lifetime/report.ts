import { type ContestantName, titleOf } from '../contestants/contestants.ts';
import { formatTable } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { DayOptions } from './day.ts';
import type { DayCounts } from './day-account.ts';

export interface Day extends DayCounts, Omit<DayOptions, 'file' | 'directory'> {
  readonly contestant: ContestantName;
}

/** A day with its counts per time that one token lives. */
export interface Lifetime extends Day {
  /** Of all instances together. */
  readonly exchangesPerLifetime: number;
  readonly secretReadsPerLifetime: number;
  readonly exchangesPerLifetimeAndInstance: number;
  readonly secretReadsPerLifetimeAndInstance: number;
}

export interface Settings {
  readonly rates: readonly number[];
  readonly peersUpToRate: number;
  readonly instances: readonly number[];
  readonly daySeconds: number;
  readonly tokenLifetimeSeconds: number;
}

export type LifetimeResults = Results<Settings, readonly Lifetime[]>;

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
  'requests per second, instances',
  'vends',
  'failed',
  'exchanges per token lifetime',
  '… and instance',
  'reads of the secret per token lifetime',
  '… and instance',
  'shortest life of a vended token, s',
  'vended after its end',
];

export function formatLifetime({ figures, settings }: LifetimeResults): string {
  const hours = settings.daySeconds / 3600;
  return `## ${hours} hours of traffic

What a day of constant traffic costs in exchanges and reads of the secret, with tokens that live for ${settings.tokenLifetimeSeconds / 60} minutes. Time
does not run: it jumps from one request to the next and stands still while one is answered, so requests never overlap.
Requests go to all instances at random, which is the worst case for a memory of each instance's own.

${formatTable(header, figures.map(cells))}`;
}

function cells(lifetime: Lifetime): string[] {
  const { contestant, requestsPerSecond, instances, shortestLifeMs } = lifetime;
  return [
    `${requestsPerSecond}/s, ${instances}: ${titleOf(contestant)}`,
    `${lifetime.vends}`,
    `${lifetime.failedVends}`,
    lifetime.exchangesPerLifetime.toFixed(2),
    lifetime.exchangesPerLifetimeAndInstance.toFixed(2),
    lifetime.secretReadsPerLifetime.toFixed(2),
    lifetime.secretReadsPerLifetimeAndInstance.toFixed(2),
    shortestLifeMs === undefined ? 'none was vended' : (shortestLifeMs / 1000).toFixed(0),
    `${lifetime.expiredVends}`,
  ];
}
