import { contestants } from '../contestants/contestants.ts';
import { percent } from '../percent.ts';
import { formatTable } from '../table.ts';
import type { Published } from './published.ts';
import { formatPlot } from './summary.ts';

const columns = ['vend', 'naive', 'prove-sdk'] as const;
const instances = 200;

/** The Markdown that the README shows: the plot, and one figure of each kind beside two of the peers. */
export function headline(published: Published): string {
  const header = ['', `**${contestants.vend}**`, contestants.naive, contestants['prove-sdk']];
  return `${formatPlot('bench/results/benchmarks.svg')}\n\n${formatTable(header, rows(published))}`;
}

function rows({ coldStart, warmVend, storm, faults }: Published): string[][] {
  const { network } = coldStart.figures;
  const storms = storm.figures.storms.filter((figures) => figures.instances === instances);
  const cells = (read: (name: (typeof columns)[number]) => string) => columns.map(read);
  return [
    [
      `first token of a new instance, over TLS and ${coldStart.settings.roundTripMs} ms of network`,
      ...cells((name) => `${network[name].tokenMs.median.toFixed(0)} ms`),
    ],
    ['a vend from memory', ...cells((name) => `${warmVend.figures.variants[name].cpuMicros.toFixed(1)} µs`)],
    [
      `callers of ${instances} new instances whom the first answer serves`,
      ...cells((name) => percentOrNone(storms.find(({ contestant }) => contestant === name)?.servedAtOnceShare)),
    ],
    [
      'vends refused during an hour of injected faults',
      ...cells((name) => percentUp(faults.figures[name].refused / faults.figures[name].asked)),
    ],
  ];
}

function percentOrNone(share: number | undefined): string {
  return share === undefined ? 'n/a' : percent(share);
}

/** Rounded up: what is not none is not 0 %. */
function percentUp(share: number): string {
  return `${(Math.ceil(share * 1000) / 10).toFixed(1)} %`;
}
