import { expect, test } from '@jest/globals';
import type { ColdStart } from '../../../bench/cold-start/measure-cold-start.ts';
import { coldStartContestants, type Rounds } from '../../../bench/cold-start/rounds.ts';
import { judge } from '../../../bench/cold-start/targets.ts';

function coldStart(tokenMs: number, rssKb?: number): ColdStart {
  return { readyMs: tokenMs / 2, tokenMs, processMs: tokenMs + 30, rssKb };
}

/** Everybody takes 100 ms and 50 MiB in each of three rounds, unless it is said otherwise. */
function rounds(changes: Partial<Rounds>): Rounds {
  const all = coldStartContestants.map((name) => [name, [1, 2, 3].map(() => coldStart(100, 50_000))]);
  return { ...(Object.fromEntries(all) as Rounds), ...changes };
}

test('a ratio is the median of those within a round, not the ratio of medians', () => {
  const floor = [10, 20, 90].map((ms) => coldStart(ms));
  const vend = [20, 24, 99].map((ms) => coldStart(ms));
  const [target] = judge('loopback', rounds({ floor, vend }));
  expect(target).toEqual({ sentence: 'loopback: first token 1.20 × the floor, at most 1.5', isMet: true });
});

test('over a network as much as on loopback is too much', () => {
  const vend = [1, 2, 3].map(() => coldStart(140, 50_000));
  expect(judge('loopback', rounds({ vend }))[0]?.isMet).toBe(true);
  expect(judge('network', rounds({ vend }))[0]?.isMet).toBe(false);
});

test('ahead of every peer is ahead of the fastest', () => {
  const powertools = [1, 2, 3].map(() => coldStart(79));
  const vend = [1, 2, 3].map(() => coldStart(80));
  expect(judge('loopback', rounds({ vend }))[1]).toMatchObject({ isMet: true });
  expect(judge('loopback', rounds({ vend, powertools }))[1]).toEqual({
    sentence: 'loopback: ahead of every peer; the fastest (Powertools parameters, fetch and a Map) takes 0.99 ×',
    isMet: false,
  });
});

test('memory is compared with the handler that has the SDK, where the system tells it', () => {
  const vend = [50_000, 63_000, 63_000].map((kb) => coldStart(100, kb));
  expect(judge('loopback', rounds({ vend }))[2]).toMatchObject({ isMet: false });
  const unknown = [1, 2, 3].map(() => coldStart(100));
  expect(judge('loopback', rounds({ vend: unknown }))).toHaveLength(2);
});
