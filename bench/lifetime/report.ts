import { type ContestantName, titleOf } from '../contestants/contestants.ts';
import { formatTable, type Target } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { DayOptions } from './day.ts';
import type { DayCounts } from './day-account.ts';

export interface Day extends DayCounts, Omit<DayOptions, 'file' | 'directory' | 'hasTokenStore'> {
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
  /** Requests per second of the days with a token store. */
  readonly storeRate?: number;
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

${formatTable(header, figures.map(cells))}${formatTableCosts(figures)}`;
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

// us-east-1, on demand, November 2026: https://aws.amazon.com/dynamodb/pricing/, https://aws.amazon.com/kms/pricing/
const dollarsPerRead = 0.125 / 1e6;
const dollarsPerWriteUnit = 0.625 / 1e6;
/** DynamoDB asks for the table's key at most once in 5 minutes for each role that uses it. */
const kmsDollarsPerMonth = ((30 * 86_400) / 300 / 10_000) * 0.03;

const fewestPerLifetime = 1;
const mostPerLifetime = 1.3;

/** What DynamoDB and KMS bill for such days, dollars per month of 30 days. The items, a few KB, cost nothing to store. */
export function tableDollarsPerMonth({ tableReads = 0, tableWriteUnits = 0, daySeconds }: Day): number {
  const days = (30 * 86_400) / daySeconds;
  return days * (tableReads * dollarsPerRead + tableWriteUnits * dollarsPerWriteUnit) + kmsDollarsPerMonth;
}

function formatTableCosts(figures: readonly Lifetime[]): string {
  const rows = withStore(figures).map((day) => [
    `${day.instances}`,
    ((day.tableReads ?? 0) / day.vends).toFixed(5),
    ((day.tableWrites ?? 0) / day.vends).toFixed(5),
    `${(day.tableReads ?? 0) + (day.tableWrites ?? 0)}`,
    tableDollarsPerMonth(day).toFixed(2),
  ]);
  if (rows.length === 0) return '';
  const titles = [
    'instances with a token store',
    'reads of the table per vend',
    'writes per vend',
    'requests a day',
    'dollars a month',
  ];
  return `

What the table is asked depends on the instances, which look at it when their token is due, and not on the vends: memory answers
those. So the rows stand for 1, 100 and 1,000 vends a second too, which take about 1, 4 and 40 instances. Dollars are for one
provider, with AWS's on-demand prices of November 2026 and the KMS requests that DynamoDB makes;
[deploy.md](deploy.md#what-it-costs) has the rest of the bill.

${formatTable(titles, rows)}`;
}

function withStore(figures: readonly Lifetime[]): readonly Lifetime[] {
  return figures.filter(({ contestant }) => contestant === 'vend-shared');
}

export function judgeLifetime({ figures }: Pick<LifetimeResults, 'figures'>): Target[] {
  return withStore(figures).map(({ instances, exchangesPerLifetime: exchanges }) => ({
    sentence: `${instances} instance(s) with a token store make ${exchanges.toFixed(2)} exchanges per token lifetime, ${fewestPerLifetime.toFixed(1)} to ${mostPerLifetime} wanted`,
    isMet: exchanges >= fewestPerLifetime && exchanges <= mostPerLifetime,
  }));
}
