import { contestants, titleOf } from '../contestants/contestants.ts';
import { formatTable, seconds, type Target } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { Figures, Refusal } from './figures.ts';
import { neighbours } from './neighbours.ts';
import type { Phase } from './script.ts';

export const faultContestants = ['vend', 'naive', 'prove-sdk'] as const;

export type FaultContestant = (typeof faultContestants)[number];

export interface Settings {
  readonly seconds: number;
  readonly speed: number;
  readonly rate: number;
  readonly maxInstances: number;
  readonly tokenLifetimeSeconds: number;
}

/** What is kept of one contestant. */
export interface ContestantFigures extends Figures {
  /** Vends that were not asked because the client still waited for the last one. */
  readonly missedBeats: number;
  readonly mostExchangesInAnySecond: number;
  readonly refusals: readonly Refusal[];
  readonly rssStartKb: number | undefined;
  readonly rssEndKb: number | undefined;
}

export type FaultsResults = Results<
  Settings,
  Readonly<Record<FaultContestant, ContestantFigures>> & {
    /** This service, while neighbours ask too; only the bystanders are counted. */
    readonly amongNeighbours?: ContestantFigures;
    readonly phases: readonly Phase[];
  }
>;

type Read = (figures: ContestantFigures) => string | number;

// JSON has no infinity: such a time is null.
const duration = (ms: number | null) => (ms === null || !Number.isFinite(ms) ? 'ended at 15.0' : seconds(ms));
const mebibytes = (kb: number | undefined) => (kb === undefined ? 'n/a' : (kb / 1024).toFixed(0));

const rows: readonly (readonly [title: string, read: Read])[] = [
  ['vends asked', ({ asked }) => asked],
  ['not asked, because the client still waited', ({ missedBeats }) => missedBeats],
  ['answered', ({ answered }) => answered],
  ['… with a stale but valid token', ({ answeredStale }) => answeredStale],
  ['… with an expired token', ({ answeredExpired }) => answeredExpired],
  ['refused', ({ refused }) => refused],
  ['… **while this instance held a valid token**', ({ refusedWhileHeld }) => refusedWhileHeld],
  ['… while it held one with less than 10 s left', ({ refusedWhileShortHeld }) => refusedWhileShortHeld],
  ['… while only another instance held one', ({ refusedWhileHeldElsewhere }) => refusedWhileHeldElsewhere],
  ['slowest answer, s', ({ slowestAnswerMs }) => duration(slowestAnswerMs)],
  ['slowest refusal, s', ({ slowestRefusalMs }) => duration(slowestRefusalMs)],
  ['exchanges that reached the provider', ({ exchanges }) => exchanges],
  [
    '… **within a Retry-After that this instance had been given**',
    ({ exchangesInsideOwnRetryAfter }) => exchangesInsideOwnRetryAfter,
  ],
  ['… within one that any instance had been given', ({ exchangesInsideAnyRetryAfter }) => exchangesInsideAnyRetryAfter],
  ['most exchanges in any second', ({ mostExchangesInAnySecond }) => mostExchangesInAnySecond],
  ['client secrets sent to where a redirect led', ({ secretsSentToRedirect }) => secretsSentToRedirect],
  ['reads of Secrets Manager', ({ secretReads }) => secretReads],
  ['instances started', ({ instances }) => instances],
  ['largest resident set after a tenth of the time, MiB', ({ rssStartKb }) => mebibytes(rssStartKb)],
  ['largest resident set at the end, MiB', ({ rssEndKb }) => mebibytes(rssEndKb)],
];

export function formatFaults({ settings, figures }: FaultsResults): string {
  const { seconds: wallSeconds, speed, tokenLifetimeSeconds } = settings;
  const all = faultContestants.map((name) => figures[name]);
  const titles = faultContestants.map(titleOf);
  const table = rows.map(([title, read]) => [title, ...all.map((one) => `${read(one)}`)]);
  return `## ${Math.round((wallSeconds * speed) / 60)} minutes of faults

The provider and Secrets Manager fail by a script while callers ask at a constant rate: errors, throttling, hangs, resets,
refused connections, redirects, HTML, half an answer. All contestants face the same script and the same traffic at the same
time, on their own processes and backends. Time runs ${speed} times as fast; tokens live for ${tokenLifetimeSeconds} s.

${formatTable(['', ...titles], table)}

${formatTable(['refused, by status and error', ...titles], refusalRows(all, 'reason'))}

${formatTable(['refused, by the fault at the time', ...titles], refusalRows(all, 'phase'))}${formatNeighbours(figures)}`;
}

function formatNeighbours({ vend, amongNeighbours }: FaultsResults['figures']): string {
  // A run of an older version has not measured them.
  if (amongNeighbours === undefined) return '';
  const columns = [vend, amongNeighbours];
  const table = neighbourRows.map(([title, read]) => [title, ...columns.map((one) => `${read(one)}`)]);
  return `

### Neighbours

The same hour, with callers beside the others that IAM lets in and that do harm. One each:

${Object.keys(neighbours)
  .map((title) => `- ${title}`)
  .join('\n')}

Only the bystanders are counted, who ask for the default scope and nothing else. A refusal is a neighbour's doing when the
instance held a valid token, or when both backends had been healthy for longer than any back-off lasts.

${formatTable(['', 'without neighbours', 'with neighbours'], table)}`;
}

const neighbourRows: readonly (readonly [title: string, read: Read])[] = [
  ["neighbours' requests", ({ neighboursAsked }) => neighboursAsked],
  ['vends of bystanders asked', ({ asked }) => asked],
  ['… refused', ({ refused }) => refused],
  ['… **refused because of a neighbour**', ({ refusedWithoutCause }) => refusedWithoutCause ?? 0],
  ['slowest answer to a bystander, s', ({ slowestAnswerMs }) => duration(slowestAnswerMs)],
  ['exchanges that reached the provider', ({ exchanges }) => exchanges],
];

/** One row per `phase` or `reason` of a refusal, the most frequent first. */
function refusalRows(all: readonly ContestantFigures[], by: 'phase' | 'reason'): string[][] {
  const counts = new Map<string, number[]>();
  for (const [index, { refusals }] of all.entries()) {
    for (const refusal of refusals) {
      const row = counts.get(refusal[by]) ?? all.map(() => 0);
      row[index] = (row[index] ?? 0) + 1;
      counts.set(refusal[by], row);
    }
  }
  const sum = (row: readonly number[]) => row.reduce((total, count) => total + count, 0);
  return [...counts].sort(([, a], [, b]) => sum(b) - sum(a)).map(([title, row]) => [title, ...row.map(String)]);
}

export function judgeFaults({ figures: { vend, amongNeighbours } }: Pick<FaultsResults, 'figures'>): Target[] {
  const none = (count: number, what: string): Target => ({
    sentence: `${count} ${what}, none wanted (${contestants.vend})`,
    isMet: count === 0,
  });
  return [
    none(vend.refusedWhileHeld, 'vends were refused while the instance held a valid token'),
    none(vend.exchangesInsideOwnRetryAfter, 'exchanges were sent within a Retry-After'),
    none(vend.answeredExpired, 'vends were answered with an expired token'),
    ...(amongNeighbours === undefined
      ? []
      : [none(amongNeighbours.refusedWithoutCause, 'vends of bystanders were refused because of a neighbour')]),
  ];
}
