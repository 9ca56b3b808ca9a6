import { writeResults } from '../results.ts';
import { printTable } from '../table.ts';
import { printTargets } from '../targets.ts';
import { type Round, summarize } from './figures.ts';
import type { MemoryGrowth } from './measurements.ts';
import { judge } from './targets.ts';
import { variantNames, variantOf } from './variants.ts';

export interface Settings {
  readonly vends: number;
  readonly rounds: number;
  readonly memoryVends: number;
}

const header = [
  'warm-vend: medians of the rounds',
  'calls/s and core',
  'µs of a core',
  'p50 µs',
  'p99 µs',
  '× bare middy',
  '× bare middy with log line',
  'log lines a call',
];

export function print(settings: Settings, rounds: readonly Round[], memory: MemoryGrowth): void {
  printTable(
    header,
    variantNames.map((name) => [variantOf(name).title, ...cells(rounds, name)]),
  );
  printMemory(settings, memory);
  printTargets(judge(rounds));
}

function cells(rounds: readonly Round[], name: (typeof variantNames)[number]): string[] {
  const figures = summarize(rounds, name);
  const { cpuMicros, p50Micros, p99Micros, timesBareMiddy, timesBareMiddyLog } = figures;
  return [
    figures.callsPerSecond.toFixed(0),
    ...[cpuMicros, p50Micros, p99Micros, timesBareMiddy, timesBareMiddyLog].map((value) => value.toFixed(2)),
    figures.logLinesPerCall.toFixed(0),
  ];
}

function printMemory({ memoryVends }: Settings, { afterTenth, afterAll }: MemoryGrowth): void {
  const row = (name: string, tenth: number, all: number) => [name, `${tenth}`, `${all}`, `${all - tenth}`];
  const columns = ['memory of this service, KiB', `after ${memoryVends / 10} vends`, `after ${memoryVends}`, 'growth'];
  printTable(columns, [
    row('heap in use', afterTenth.heapKb, afterAll.heapKb),
    row('resident set', afterTenth.rssKb, afterAll.rssKb),
  ]);
}

export async function write(settings: Settings, rounds: readonly Round[], memory: MemoryGrowth): Promise<void> {
  const variants = Object.fromEntries(variantNames.map((name) => [name, summarize(rounds, name)]));
  await writeResults('warm-vend', settings, { variants, rounds, memory, targets: judge(rounds) });
}
