import { contestants } from '../contestants/contestants.ts';
import { percent } from '../percent.ts';
import { printTable } from '../table.ts';
import { printTargets } from '../targets.ts';
import type { Storm } from './figures.ts';
import { judge } from './targets.ts';

const header = [
  'storm: new instances, called at once',
  'served by the first answer',
  'served within 30 s',
  'median waiting, s',
  'longest waiting, s',
  'refusals',
  'exchanges',
  '… answered 429',
  '… **within a Retry-After that this instance had been given**',
];

export function print(storms: readonly Storm[]): void {
  printTable(header, storms.map(row));
  for (const { contestant, instances, exchangesWhileLoading } of storms) {
    if (exchangesWhileLoading === 0) continue;
    process.stdout.write(
      `\nNo true storm: ${contestants[contestant]} made ${exchangesWhileLoading} exchanges while its ${instances} instances were loaded, one after the other.\n`,
    );
  }
  printTargets(judge(storms));
}

function row(storm: Storm): string[] {
  const refusals = Object.values(storm.refusals).reduce((sum, count) => sum + count, storm.endedInstances);
  return [
    `${storm.instances}: ${contestants[storm.contestant]}`,
    percent(storm.servedAtOnceShare),
    percent(storm.servedShare),
    seconds(storm.medianWaitMs),
    storm.allServedAfterMs === undefined ? 'not all were served' : seconds(storm.allServedAfterMs),
    `${refusals}`,
    `${storm.exchanges}`,
    `${storm.exchangesAnswered429}`,
    `${storm.exchangesInsideOwnRetryAfter}`,
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
