import { type Bundle, contestants } from '../contestants/contestants.ts';
import { writeResults } from '../results.ts';
import { printTable } from '../table.ts';
import { printTargets } from '../targets.ts';
import type { Mode } from './backends.ts';
import { type Figures, summarize, timesAsLong } from './figures.ts';
import { type ColdStartContestant, coldStartContestants, type Rounds } from './rounds.ts';
import { judge } from './targets.ts';

export interface Settings {
  /** Of each mode. */
  readonly rounds: number;
  readonly roundTripMs: number;
}

export type Bundles = Readonly<Record<ColdStartContestant, Bundle>>;
export type Measured = Readonly<Record<Mode, Rounds>>;

const header = [
  'ready',
  'p95',
  'first token',
  'p95',
  'from spawn',
  'p95',
  '× floor',
  'resident set, MiB',
  'bundle, KB',
];

export function print({ rounds, roundTripMs }: Settings, bundles: Bundles, measured: Measured): void {
  const titles = { loopback: 'on loopback', network: `with TLS and a network of ${roundTripMs} ms` };
  for (const mode of ['loopback', 'network'] as const) {
    const title = `cold-start ${titles[mode]}: ms, medians of ${rounds} rounds`;
    printTable(
      [title, ...header],
      coldStartContestants.map((name) => row(name, measured[mode], bundles)),
    );
  }
  printTargets(judgeAll(measured));
}

function row(name: ColdStartContestant, rounds: Rounds, bundles: Bundles): string[] {
  const { readyMs, tokenMs, processMs, rssKb } = summarize(rounds[name]);
  const times = [readyMs, tokenMs, processMs].flatMap(({ median, p95 }) => [median.toFixed(1), p95.toFixed(1)]);
  return [
    contestants[name],
    ...times,
    timesAsLong(rounds[name], rounds.floor).toFixed(2),
    rssKb === undefined ? 'n/a' : (rssKb / 1024).toFixed(1),
    (bundles[name].bytes / 1000).toFixed(0),
  ];
}

interface ContestantFigures extends Figures {
  /** How many times as long as the floor it takes to its first token. */
  readonly timesFloor: number;
  readonly rounds: Rounds[ColdStartContestant];
}

export async function write(settings: Settings, bundles: Bundles, measured: Measured): Promise<void> {
  const figuresOf = (rounds: Rounds) =>
    byName((name): ContestantFigures => {
      const timesFloor = timesAsLong(rounds[name], rounds.floor);
      return { ...summarize(rounds[name]), timesFloor, rounds: rounds[name] };
    });
  await writeResults('cold-start', settings, {
    loopback: figuresOf(measured.loopback),
    network: figuresOf(measured.network),
    bundleBytes: byName((name) => bundles[name].bytes),
    targets: judgeAll(measured),
  });
}

function judgeAll({ loopback, network }: Measured) {
  return [...judge('loopback', loopback), ...judge('network', network)];
}

function byName<Value>(read: (name: ColdStartContestant) => Value): Readonly<Record<ColdStartContestant, Value>> {
  const entries = coldStartContestants.map((name) => [name, read(name)] as const);
  return Object.fromEntries(entries) as Record<ColdStartContestant, Value>;
}
