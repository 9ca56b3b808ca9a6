import { titleOf } from '../contestants/contestants.ts';
import { formatTable, percent, seconds, type Target } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { Storm } from './figures.ts';

export interface Settings {
  readonly instances: readonly number[];
  readonly processes: number;
  readonly speed: number;
}

export type StormResults = Results<Settings, { readonly storms: readonly Storm[] }>;

const header = [
  'new instances',
  'served by the first answer',
  'served within 30 s',
  'median wait, s',
  'longest wait, s',
  'requests to the provider',
  'answered 429',
  'sent within a Retry-After of their own',
];

export function formatStorm({ figures, settings }: StormResults): string {
  return `## Many new instances at once

All instances are called at the same moment, while the provider allows 25 requests per second, as Prove does. A caller that is
refused waits as long as \`retry-after\` says, or one second, and asks the same instance again, for 30 s. Instances are copies of
the bundle in ${settings.processes} processes, loaded beforehand: neither a cold start nor the network is part of this.

${formatTable(header, figures.storms.map(cells))}${figures.storms.map(falseStorm).join('')}`;
}

function cells(storm: Storm): string[] {
  return [
    `${storm.instances}: ${titleOf(storm.contestant)}${storm.condition === undefined ? '' : `, the provider ${storm.condition}`}`,
    percent(storm.servedAtOnceShare),
    percent(storm.servedShare),
    seconds(storm.medianWaitMs),
    storm.allServedAfterMs === undefined ? 'not all were served' : seconds(storm.allServedAfterMs),
    `${storm.exchanges}`,
    `${storm.exchangesAnswered429}`,
    `${storm.exchangesInsideOwnRetryAfter}`,
  ];
}

/** A contestant that exchanges while it is loaded has spread its storm over that time. */
function falseStorm({ contestant, instances, exchangesWhileLoading }: Storm): string {
  if (exchangesWhileLoading === 0) return '';
  return `\n\nNot a true storm: ${titleOf(contestant)} made ${exchangesWhileLoading} exchanges while its ${instances} instances loaded.`;
}

const whyNotServed =
  'Each instance exchanges for itself, and 25 a second is all that the provider allows: with 500 instances the last ' +
  'one has to wait for 20 s, but a function gives up after 15 s.';

export function judgeStorm({ figures: { storms } }: Pick<StormResults, 'figures'>): Target[] {
  const own = storms.filter(({ contestant, condition }) => contestant === 'vend' && condition === undefined);
  const inside = own.reduce((sum, { exchangesInsideOwnRetryAfter }) => sum + exchangesInsideOwnRetryAfter, 0);
  return [
    ...own.map(judgeServed),
    { sentence: `${inside} exchanges were sent within a Retry-After, none wanted`, isMet: inside === 0 },
  ];
}

function judgeServed({ instances, servedAtOnceShare }: Storm): Target {
  return {
    sentence: `the first answer serves ${percent(servedAtOnceShare)} of ${instances} new instances, all wanted`,
    isMet: servedAtOnceShare === 1,
    reason: whyNotServed,
  };
}
