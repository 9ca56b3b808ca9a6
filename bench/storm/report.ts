import { isOwn, titleOf } from '../contestants/contestants.ts';
import { formatTable, percent, seconds, type Target } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { Storm } from './figures.ts';

export interface Settings {
  readonly instances: readonly number[];
  readonly processes: number;
  readonly speed: number;
  /** Of more with a token store, time runs slower in proportion. */
  readonly fullSpeedInstances?: number;
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
the bundle in ${settings.processes} processes, loaded beforehand: neither a cold start nor the network is part of this.${describeStoreSpeed(settings)}

${formatTable(header, figures.storms.map(cells))}${figures.storms.map(falseStorm).join('')}`;
}

function describeStoreSpeed({ fullSpeedInstances }: Settings): string {
  if (fullSpeedInstances === undefined) return '';
  return ` With a
token store all instances ask one table at once, and here they share the cores with it: so with more than ${fullSpeedInstances} of them time runs
slower in proportion.`;
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
  'one has to wait for 20 s, but a function gives up after 15 s. With a token store one exchanges for all.';

const mostExchanges = 3;
const longestWaitMs = 2_000;
const mostRefusedIn30s = 2;

export function judgeStorm({ figures: { storms } }: Pick<StormResults, 'figures'>): Target[] {
  const healthy = storms.filter(({ contestant, condition }) => isOwn(contestant) && condition === undefined);
  const inside = healthy.reduce((sum, { exchangesInsideOwnRetryAfter }) => sum + exchangesInsideOwnRetryAfter, 0);
  return [
    ...healthy.map(judgeServed),
    { sentence: `${inside} exchanges were sent within a Retry-After, none wanted`, isMet: inside === 0 },
    ...storms.filter(({ contestant }) => contestant === 'vend-shared').flatMap(judgeStore),
  ];
}

function judgeServed({ contestant, instances, servedAtOnceShare }: Storm): Target {
  return {
    sentence: `the first answer serves ${percent(servedAtOnceShare)} of ${instances} new instances${withStore(contestant)}, all wanted`,
    isMet: servedAtOnceShare === 1,
    ...(contestant === 'vend' && { reason: whyNotServed }),
  };
}

function withStore(contestant: Storm['contestant']): string {
  return contestant === 'vend-shared' ? ' with a token store' : '';
}

/** What a token store is for. */
function judgeStore(storm: Storm): Target[] {
  const { instances, condition, exchanges, servedAtOnceShare } = storm;
  const who = `${instances} new instances with a token store`;
  if (condition === 'knows another secret') {
    const refused = storm.mostExchangesIn30s ?? Number.NaN;
    return [
      {
        sentence: `a wrong secret costs the provider ${refused} refused requests of ${who} in 30 s, at most ${mostRefusedIn30s} wanted`,
        isMet: refused <= mostRefusedIn30s,
      },
    ];
  }
  const [is, limit] = [seconds(storm.longestWaitMs), seconds(longestWaitMs)];
  const requests = {
    sentence: `${who}${condition === undefined ? '' : `, the provider ${condition},`} send the provider ${exchanges} requests, at most ${mostExchanges} wanted`,
    isMet: exchanges <= mostExchanges,
  };
  if (condition === undefined) {
    const wait = {
      sentence: `the last of ${who} has waited ${is} s, at most ${limit} s wanted`,
      isMet: storm.longestWaitMs <= longestWaitMs,
    };
    return [requests, wait];
  }
  return [
    requests,
    {
      sentence: `the first answer serves ${percent(servedAtOnceShare)} of ${who} while the provider ${condition}, all wanted`,
      isMet: servedAtOnceShare === 1,
    },
  ];
}
