import type { FaultContestant } from './fault-contestants.ts';
import { mostWithin } from './figures.ts';
import type { ContestantResult } from './run-contestant.ts';

export type Results = Readonly<Record<FaultContestant, ContestantResult>>;

type Read = (result: ContestantResult) => string | number;

const seconds = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : 'ended at 15.0');
const mebibytes = (kb: number | undefined) => (kb === undefined ? 'n/a' : (kb / 1024).toFixed(1));

const figures: readonly (readonly [title: string, read: Read])[] = [
  ['vends asked', ({ account }) => account.figures.asked],
  ['not asked: the client still waited', ({ missedBeats }) => missedBeats],
  ['answered', ({ account }) => account.figures.answered],
  ['… from a stale but valid token', ({ account }) => account.figures.answeredStale],
  ['… with a token that had expired', ({ account }) => account.figures.answeredExpired],
  ['refused', ({ account }) => account.figures.refused],
  ['… **while this instance held a valid token**', ({ account }) => account.figures.refusedWhileHeld],
  ['… while this instance held one with less than 10 s left', ({ account }) => account.figures.refusedWhileShortHeld],
  ['… while only another instance held one', ({ account }) => account.figures.refusedWhileHeldElsewhere],
  ['slowest answer, s', ({ account }) => seconds(account.figures.slowestAnswerMs)],
  ['slowest refusal, s', ({ account }) => seconds(account.figures.slowestRefusalMs)],
  ['exchanges that reached the provider', ({ account }) => account.figures.exchanges],
  [
    '… **within a Retry-After that this instance had been given**',
    ({ account }) => account.figures.exchangesInsideOwnRetryAfter,
  ],
  ['… within one that any instance had been given', ({ account }) => account.figures.exchangesInsideAnyRetryAfter],
  ['most exchanges in any second', ({ account }) => mostWithin(1000, account.exchangesAtMs)],
  ['client secrets sent to where a redirect led', ({ account }) => account.figures.secretsSentToRedirect],
  ['reads of Secrets Manager', ({ account }) => account.figures.secretReads],
  ['instances started', ({ account }) => account.figures.instances],
  ['largest resident set after a tenth, MiB', ({ rssStartKb }) => mebibytes(rssStartKb)],
  ['largest resident set at the end, MiB', ({ rssEndKb }) => mebibytes(rssEndKb)],
];

export function figureRows(results: readonly ContestantResult[]): string[][] {
  return figures.map(([title, read]) => [title, ...results.map((result) => String(read(result)))]);
}

/** One row for each `phase` or `reason` of a refusal, the most frequent first. */
export function refusalRows(results: readonly ContestantResult[], by: 'phase' | 'reason'): string[][] {
  const keys = results.flatMap(({ account }) => account.refusals.map((refusal) => refusal[by]));
  const count = (key: string, among: readonly string[]) => among.filter((other) => other === key).length;
  const sorted = [...new Set(keys)].sort((a, b) => count(b, keys) - count(a, keys));
  const counts = (key: string) =>
    results.map(({ account }) => account.refusals.filter((refusal) => refusal[by] === key).length);
  return sorted.map((key) => [key, ...counts(key).map(String)]);
}

/** Whether we do what issue "Keep vending through faults" promises; a sentence for each promise that is not kept. */
export function missedGoals({ account: { figures } }: ContestantResult): string[] {
  const missed: string[] = [];
  if (figures.refusedWhileHeld > 0)
    missed.push(`${figures.refusedWhileHeld} vends were refused while the instance held a valid token`);
  if (figures.exchangesInsideOwnRetryAfter > 0)
    missed.push(`${figures.exchangesInsideOwnRetryAfter} exchanges were sent within a Retry-After`);
  if (figures.answeredExpired > 0) missed.push(`${figures.answeredExpired} vends were answered with an expired token`);
  return missed;
}

/** What goes into the results file. */
export function asJson({ account, missedBeats, rssStartKb, rssEndKb }: ContestantResult): object {
  return {
    ...account.figures,
    missedBeats,
    mostExchangesInAnySecond: mostWithin(1000, account.exchangesAtMs),
    refusals: account.refusals,
    rssStartKb,
    rssEndKb,
  };
}
