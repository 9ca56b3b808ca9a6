import { type ContestantName, peers } from '../contestants/contestants.ts';

/** Where the backends are: on loopback, or behind TLS and a network. */
export type Mode = 'loopback' | 'network';

/** What one cold start took. */
export interface ColdStart {
  /** From when the function begins to load until its process asks for an invocation. */
  readonly readyMs: number;
  /** From the same moment until the process has answered for the first time. */
  readonly tokenMs: number;
  /** From when the process is started until then, so including Node's own start. */
  readonly processMs: number;
  /** Resident set right after that answer, KiB; undefined where the system does not say. */
  readonly rssKb: number | undefined;
  /** Of the token; undefined where the contestant does not say. */
  readonly source?: string | undefined;
}

export const coldStartContestants = [
  'bare',
  'bare-sdk',
  'floor',
  'vend',
  'vend-shared',
  ...peers,
] as const satisfies readonly ContestantName[];

export type ColdStartContestant = (typeof coldStartContestants)[number];

/** The cold starts of each contestant, by round. */
export type Rounds = Readonly<Record<ColdStartContestant, readonly ColdStart[]>>;

/**
 * Measures one cold start of each contestant per round, one after the other. Each round begins with the next contestant.
 * A round that does not count comes first: it brings the files into the system's cache, and a token into the token store.
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
