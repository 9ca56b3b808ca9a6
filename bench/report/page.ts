import { formatClients, judgeClients } from '../clients/report.ts';
import { formatColdStart, judgeColdStart } from '../cold-start/report.ts';
import { formatFaults, judgeFaults } from '../faults/report.ts';
import { formatLifetime, judgeLifetime } from '../lifetime/report.ts';
import type { Target } from '../markdown.ts';
import { formatRotation, judgeRotation } from '../rotation/report.ts';
import { formatStorm, judgeStorm } from '../storm/report.ts';
import { formatThroughput } from '../throughput/report.ts';
import { formatWarmVend, judgeWarmVend } from '../warm-vend/report.ts';
import { plotTitle } from './headline.ts';
import type { Published } from './published.ts';

/** What `docs/benchmarks.md` shows of the results: the plot, what is missed, and a section per part. */
export function formatPage(published: Published): string {
  const { coldStart, warmVend, storm, lifetime, faults, rotation, throughput, clients } = published;
  return [
    `![${plotTitle}](../bench/results/benchmarks.svg)`,
    formatMissed([
      ...judgeColdStart(coldStart),
      ...judgeWarmVend(warmVend),
      ...judgeStorm(storm),
      ...judgeLifetime(lifetime),
      ...judgeFaults(faults),
      ...judgeRotation(rotation),
      ...(clients === undefined ? [] : judgeClients(clients)),
    ]),
    formatColdStart(coldStart),
    formatWarmVend(warmVend),
    formatStorm(storm),
    formatLifetime(lifetime),
    formatFaults(faults),
    formatRotation(rotation),
    ...(clients === undefined ? [] : [formatClients(clients)]),
    formatThroughput(throughput),
    formatMethod(published),
  ].join('\n\n');
}

export function formatMissed(targets: readonly Target[]): string {
  const missed = targets.filter(({ isMet }) => !isMet);
  const lines = missed.map(({ sentence, reason }) => [`- ${sentence}.`, reason].filter(Boolean).join(' '));
  const met = `${targets.length - missed.length} of ${targets.length} targets are met.`;
  return ['## What is missed, and why', met, ...(lines.length === 0 ? [] : [lines.join('\n')])].join('\n\n');
}

function formatMethod({ coldStart: { at, node, machine, versions } }: Published): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '## The run\n\n',
    `Measured on ${at.slice(0, 10)} with Node ${node.slice(1)} on ${machine.cores} cores (${machine.platform}, `,
    `${machine.architecture}), one part after the other in one run of \`npm run bench\`. Versions: ${packages.join(', ')}.`,
  ].join('');
}
