import { formatTable, type Target } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { Round, VariantFigures } from './figures.ts';
import type { MemoryGrowth } from './measurements.ts';
import { judge } from './targets.ts';
import { auditPeers, silentPeers, type VariantName, variants } from './variants.ts';

export interface Settings {
  readonly vends: number;
  readonly rounds: number;
  readonly memoryVends: number;
}

export type WarmVendResults = Results<
  Settings,
  {
    readonly variants: Readonly<Record<VariantName, VariantFigures>>;
    readonly rounds: readonly Round[];
    readonly memory: MemoryGrowth;
  }
>;

const groups: readonly (readonly [title: string, rows: readonly VariantName[]])[] = [
  ['with the same log line per vend', ['vend', ...auditPeers]],
  ['without a log line', ['vend-at-warn', ...silentPeers]],
  ['handlers that vend nothing', ['bare', 'bare-middy', 'bare-middy-log']],
];

export function formatWarmVend({ settings, figures }: WarmVendResults): string {
  const { vends, rounds, memoryVends } = settings;
  const tables = groups.map(([title, rows]) =>
    formatTable(
      [title, 'µs of a core', 'p50, µs', 'p99, µs'],
      // A run of an older version has not measured all of them.
      rows.filter((name) => figures.variants[name] !== undefined).map((name) => cells(name, figures.variants[name])),
    ),
  );
  const { afterTenth, afterAll } = figures.memory;
  const growth = (key: 'heapKb' | 'rssKb') => `${mebibytes(afterTenth[key])} → ${mebibytes(afterAll[key])} MiB`;
  return `## A vend from memory

The handler is called again and again in a warmed-up process, without a gateway. Medians of ${rounds} rounds of ${count(vends)} vends, each
variant in a process of its own. As deployed, this service writes one line per vend with the caller and the token's
fingerprint, by one synchronous write. Peers in the first table write the same line, by one write of their own or by
Powertools' Logger. Lines go to a file, so that nobody waits for a reader.

${tables.join('\n\n')}

Memory of this service from ${count(memoryVends / 10)} to ${count(memoryVends)} vends: heap ${growth('heapKb')}, resident set ${growth('rssKb')}.`;
}

function cells(name: VariantName, { cpuMicros, p50Micros, p99Micros }: VariantFigures): string[] {
  return [variants[name].title, ...[cpuMicros, p50Micros, p99Micros].map((micros) => micros.toFixed(1))];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function mebibytes(kb: number): string {
  return (kb / 1024).toFixed(1);
}

export function judgeWarmVend({ figures }: WarmVendResults): Target[] {
  return judge(figures.rounds, figures.variants.vend);
}
