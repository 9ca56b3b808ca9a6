import { contestants } from '../contestants/contestants.ts';
import { writeResults } from '../results.ts';
import { printTable } from '../table.ts';
import type { Behind, Row, Settings } from './rows.ts';

const titles: Readonly<Record<Behind, string>> = {
  nothing: 'none: the gateway answers',
  bare: contestants.bare,
  vend: contestants.vend,
};

const header = [
  'throughput: behind the gateway',
  'instances',
  'in flight',
  'requests/s',
  'p50 ms',
  'p99 ms',
  "gateway's process, % of a core",
];

export function print(rows: readonly Row[]): void {
  printTable(header, rows.map(cells));
}

function cells({ behind, instances, inFlight, requestsPerSecond, p50Ms, p99Ms, gatewayCores }: Row): string[] {
  return [
    titles[behind],
    String(instances),
    String(inFlight),
    requestsPerSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    (gatewayCores * 100).toFixed(0),
  ];
}

export async function write(settings: Settings, rows: readonly Row[]): Promise<void> {
  await writeResults('throughput', settings, { rows });
}
