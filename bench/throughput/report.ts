import { contestants, titleOf } from '../contestants/contestants.ts';
import { formatTable } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { GatewayFigures } from './load.ts';

export interface Settings {
  /** Their numbers. */
  readonly instances: readonly number[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** What is behind the gateway. */
export type Behind = 'nothing' | 'bare' | 'vend';

export interface Row extends GatewayFigures {
  readonly behind: Behind;
  readonly instances: number;
  readonly inFlight: number;
}

export type ThroughputResults = Results<Settings, { readonly rows: readonly Row[] }>;

const titles: Readonly<Record<Behind, string>> = {
  nothing: 'nothing: the gateway answers',
  bare: contestants.bare,
  vend: titleOf('vend'),
};

const header = [
  'behind the gateway',
  'instances',
  'in flight',
  'requests/s',
  'p50, ms',
  'p99, ms',
  "gateway's process, % of a core",
];

export function formatThroughput({ figures, settings }: ThroughputResults): string {
  return `## Throughput of the local stack

Signed requests through \`npm start\`'s gateway, which verifies each signature, to instances that hold a token in memory. This
measures the local stack, not AWS: clients, gateway and instances share the machine's cores, and the rows beside ours show
that the function is the smaller part. autocannon sends for ${settings.seconds} s per row.

${formatTable(header, figures.rows.map(cells))}`;
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
