import { expect, test } from '@jest/globals';
import { type ColdStartContestant, coldStartContestants, measureRounds } from '../../../bench/cold-start/rounds.ts';

const all = coldStartContestants.length;

test('each contestant has one turn per round, each round begins with another one, and the first does not count', async () => {
  const turns: ColdStartContestant[] = [];
  const measured = await measureRounds(all, async (name) => {
    const tokenMs = turns.push(name);
    return { readyMs: 0, tokenMs, processMs: 0, rssKb: undefined };
  });
  const rounds = Array.from({ length: all + 1 }, (_, round) => turns.slice(round * all, (round + 1) * all));
  for (const round of rounds) expect(new Set(round).size).toBe(all);
  expect(new Set(rounds.slice(1).map(([first]) => first)).size).toBe(all);
  for (const name of coldStartContestants) {
    expect(measured[name]).toHaveLength(all);
    expect(measured[name].every(({ tokenMs }) => tokenMs > all && turns[tokenMs - 1] === name)).toBe(true);
  }
});
