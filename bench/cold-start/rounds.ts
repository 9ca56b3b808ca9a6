import { type ContestantName, peers } from '../contestants/contestants.ts';
import type { ColdStart } from './measure-cold-start.ts';

export const coldStartContestants = [
  'bare',
  'bare-sdk',
  'floor',
  'vend',
  ...peers,
] as const satisfies readonly ContestantName[];

export type ColdStartContestant = (typeof coldStartContestants)[number];

/** What each took, by round. */
export type Rounds = Readonly<Record<ColdStartContestant, readonly ColdStart[]>>;

/**
 * One cold start of each contestant a round, one after the other; each round begins with the next one. Before them a round
 * that does not count: it brings the files into the system's cache.
 */
export async function measureRounds(
  count: number,
  measure: (name: ColdStartContestant) => Promise<ColdStart>,
): Promise<Rounds> {
  const measured = Object.fromEntries(coldStartContestants.map((name) => [name, [] as ColdStart[]]));
  for (const name of coldStartContestants) await measure(name);
  for (let round = 0; round < count; round += 1) {
    for (const name of inTurn(coldStartContestants, round)) measured[name]?.push(await measure(name));
  }
  return measured as unknown as Rounds;
}

function inTurn<Item>(items: readonly Item[], round: number): Item[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
