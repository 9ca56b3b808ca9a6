import { type ContestantName, contestants, peers } from '../contestants/contestants.ts';
import { percent } from '../percent.ts';
import { formatTable } from '../table.ts';
import type { Published } from './published.ts';

export const plotTitle = 'First token of a new instance, 200 new instances at once, and a vend from memory';

export function formatPlot(file: string): string {
  return `![${plotTitle}](${file})`;
}

/**
 * The Markdown that `docs/benchmarks.md` shows: three tables, what was missed, and how it was measured.
 *
 * @param plotFile where the plot lies, seen from the page
 */
export function summarize(published: Published, plotFile: string): string {
  return [
    formatPlot(plotFile),
    coldStartTable(published),
    warmVendTable(published),
    stormTable(published),
    missedTargets(published),
    method(published),
  ].join('\n\n');
}

const coldRows = ['floor', 'vend', ...peers, 'bare-sdk'] as const;

function coldStartTable({ coldStart }: Published): string {
  const { loopback, network, bundleBytes } = coldStart.figures;
  const { roundTripMs } = coldStart.settings;
  const header = [
    'first token of a new instance',
    'loopback, ms',
    'p95',
    `TLS and ${roundTripMs} ms, ms`,
    'p95',
    'resident set, MiB',
    'bundle, KB',
  ];
  return formatTable(
    header,
    coldRows.map((name) => [
      titleOf(name),
      ...[loopback, network].flatMap((mode) => [mode[name].tokenMs.median, mode[name].tokenMs.p95].map(wholeNumber)),
      loopback[name].rssKb === undefined ? 'n/a' : wholeNumber(loopback[name].rssKb / 1024),
      wholeNumber(bundleBytes[name] / 1000),
    ]),
  );
}

const warmRows = ['bare-middy', 'bare-middy-log', 'vend', 'vend-at-warn', ...peers] as const;

function warmVendTable({ warmVend }: Published): string {
  const { variants } = warmVend.figures;
  return formatTable(
    ['a vend from memory', 'µs of a core', 'p50, µs', 'p99, µs', 'log lines'],
    warmRows.map((name) => {
      const { cpuMicros, p50Micros, p99Micros, logLinesPerCall } = variants[name];
      const title = name === 'vend-at-warn' ? `${titleOf('vend')} with \`logLevel: 'warn'\`` : titleOf(name);
      return [
        title,
        ...[cpuMicros, p50Micros, p99Micros].map((micros) => micros.toFixed(1)),
        wholeNumber(logLinesPerCall),
      ];
    }),
  );
}

function stormTable({ storm }: Published): string {
  return formatTable(
    [
      'new instances at once, 25 requests a second allowed',
      'served by the first answer',
      'longest waiting, s',
      'requests to the provider',
    ],
    storm.figures.storms.map((figures) => [
      `${figures.instances}: ${titleOf(figures.contestant)}`,
      percent(figures.servedAtOnceShare),
      figures.allServedAfterMs === undefined ? 'not all were served' : (figures.longestWaitMs / 1000).toFixed(1),
      `${figures.exchanges}`,
    ]),
  );
}

function missedTargets({ coldStart, warmVend, storm }: Published): string {
  const missed = [coldStart, warmVend, storm]
    .flatMap(({ figures }) => [...figures.targets])
    .filter(({ isMet }) => !isMet);
  if (missed.length === 0) return 'All of our own targets were met.';
  return `Of our own targets we missed:\n\n${missed.map(({ sentence }) => `- ${sentence}`).join('\n')}`;
}

function method({ coldStart, warmVend }: Published): string {
  const { at, node, machine, versions, settings } = coldStart;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured on ${at.slice(0, 10)} with Node ${node.slice(1)} on ${machine.cores} cores (${machine.platform},`,
    `${machine.architecture}), all side by side in one run of \`npm run bench\`: medians of ${settings.rounds} cold starts each`,
    `and of ${warmVend.settings.rounds} rounds of ${warmVend.settings.vends.toLocaleString('en-US')} vends. "First token" counts`,
    `from when the process begins to load the function. Peers: ${packages.join(', ')}.`,
  ].join(' ');
}

function titleOf(name: ContestantName): string {
  return name === 'vend' ? `**${contestants.vend}**` : contestants[name];
}

function wholeNumber(value: number): string {
  return value.toFixed(0);
}
