import { peers, titleOf } from '../contestants/contestants.ts';
import { formatTable, type Target } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { ByContestant, ContestantFigures, Spread } from './figures.ts';
import { judge } from './targets.ts';

export interface Settings {
  /** Of each mode. */
  readonly rounds: number;
  readonly roundTripMs: number;
}

export type ColdStartResults = Results<
  Settings,
  {
    readonly loopback: ByContestant<ContestantFigures>;
    readonly network: ByContestant<ContestantFigures>;
    readonly bundleBytes: ByContestant<number>;
  }
>;

const rows = ['floor', 'vend', 'vend-shared', ...peers, 'bare-sdk', 'bare'] as const;

export function formatColdStart(results: ColdStartResults): string {
  const { loopback, network, bundleBytes } = results.figures;
  const { rounds, roundTripMs } = results.settings;
  const header = [
    'ms',
    'first token, loopback',
    'p95',
    '× floor',
    `first token, TLS and ${roundTripMs} ms`,
    'p95',
    '× floor',
    'resident set, MiB',
    'bundle, KB',
  ];
  const cells = (name: (typeof rows)[number]) => [
    titleOf(name),
    ...[loopback[name], network[name]].flatMap(({ tokenMs, timesFloor }) => [
      ...formatSpread(tokenMs),
      timesFloor.toFixed(2),
    ]),
    ((loopback[name].rssKb ?? Number.NaN) / 1024).toFixed(0),
    (bundleBytes[name] / 1000).toFixed(0),
  ];
  return `## The first token of a new instance

A fresh process loads the bundle, asks for an invocation as a Lambda instance does, and answers one caller. Time counts from
when the function begins to load: what Node itself takes is the same for all. The backends are on loopback first, then behind
TLS and a network of ${roundTripMs} ms per round trip. Medians of ${rounds} rounds; in each round every contestant has one turn, alone.${loopback['vend-shared'] === undefined ? '' : describeStore}

${formatTable(header, rows.filter((name) => loopback[name] !== undefined).map(cells))}`;
}

/** Results from before there was a token store have no such row. */
const describeStore = `
With a token store, the fleet holds a token: the instance asks for it and for the secret side by side, and does not exchange.`;

function formatSpread({ median, p95 }: Spread): string[] {
  return [median.toFixed(0), p95.toFixed(0)];
}

export function judgeColdStart({ figures: { loopback, network } }: ColdStartResults): Target[] {
  return [...judge('loopback', loopback), ...judge('network', network)];
}
