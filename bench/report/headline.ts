import { contestants } from '../contestants/contestants.ts';
import { formatTable, percent } from '../markdown.ts';
import type { Published } from './published.ts';

const columns = ['vend', 'naive', 'prove-sdk'] as const;

type Column = (typeof columns)[number];

export const headlineInstances = 200;

export const plotTitle = `First token of a new instance, ${headlineInstances} new instances at once, and a vend from memory`;

/** What the README shows of the results: the plot, and one figure of each kind beside two peers. */
export function formatHeadline(published: Published): string {
  const header = ['', `**${contestants.vend}**`, contestants.naive, contestants['prove-sdk']];
  return `![${plotTitle}](bench/results/benchmarks.svg)\n\n${formatTable(header, rows(published))}`;
}

function rows({ coldStart, warmVend, storm, faults }: Published): string[][] {
  const { network } = coldStart.figures;
  const storms = storm.figures.storms.filter(
    ({ instances, condition }) => instances === headlineInstances && condition === undefined,
  );
  const cells = (read: (name: Column) => string) => columns.map(read);
  // The same work: no peer writes a log line.
  const { variants } = warmVend.figures;
  const vendMicros = (name: Column) => variants[name === 'vend' ? 'vend-at-warn' : name].cpuMicros;
  return [
    [
      `first token of a new instance, over TLS and ${coldStart.settings.roundTripMs} ms of network`,
      ...cells((name) => `${network[name].tokenMs.median.toFixed(0)} ms`),
    ],
    ['a vend from memory, without a log line', ...cells((name) => `${vendMicros(name).toFixed(1)} µs`)],
    [
      `${headlineInstances} new instances at once: callers served by the first answer`,
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

/** Rounded up, so that only none at all reads 0 %. */
function percentUp(share: number): string {
  return `${(Math.ceil(share * 1000) / 10).toFixed(1)} %`;
}
