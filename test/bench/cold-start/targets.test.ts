import { expect, test } from '@jest/globals';
import { summarizeAll } from '../../../bench/cold-start/figures.ts';
import { type ColdStart, coldStartContestants, type Mode, type Rounds } from '../../../bench/cold-start/rounds.ts';
import { judge } from '../../../bench/cold-start/targets.ts';

function coldStart(tokenMs: number, rssKb?: number): ColdStart {
  return { readyMs: tokenMs / 2, tokenMs, processMs: tokenMs + 30, rssKb };
}

/** Each contestant takes 100 ms and 50 MiB in each of three rounds, unless `changes` says otherwise. */
function judgeRounds(mode: Mode, changes: Partial<Rounds>) {
  const all = coldStartContestants.map((name) => [name, [1, 2, 3].map(() => coldStart(100, 50_000))]);
  return judge(mode, summarizeAll({ ...(Object.fromEntries(all) as Rounds), ...changes }));
}

test('a ratio is the median of the ratios within each round, not the ratio of medians', () => {
  const floor = [10, 20, 90].map((ms) => coldStart(ms));
  const vend = [20, 24, 99].map((ms) => coldStart(ms));
  const [target] = judgeRounds('loopback', { floor, vend });
  expect(target).toMatchObject({
    sentence: 'loopback: the first token takes 1.20 × as long as the floor, at most 1.5 × wanted',
    isMet: true,
  });
});

test('over a network the limit is lower than on loopback', () => {
  const vend = [1, 2, 3].map(() => coldStart(140, 50_000));
  expect(judgeRounds('loopback', { vend })[0]?.isMet).toBe(true);
  expect(judgeRounds('network', { vend })[0]?.isMet).toBe(false);
});

test('ahead of every peer means ahead of the fastest', () => {
  const powertools = [1, 2, 3].map(() => coldStart(79));
  const vend = [1, 2, 3].map(() => coldStart(80));
  expect(judgeRounds('loopback', { vend })[1]).toMatchObject({ isMet: true });
  expect(judgeRounds('loopback', { vend, powertools })[1]).toMatchObject({
    sentence: expect.stringContaining('(Powertools parameters, fetch and a Map) takes 0.99 × as long as this service'),
    isMet: false,
  });
});

test('memory is compared with a handler that has only the SDK, where the system says', () => {
  const vend = [50_000, 63_000, 63_000].map((kb) => coldStart(100, kb));
  expect(judgeRounds('loopback', { vend })[2]).toMatchObject({ isMet: false });
  const unknown = [1, 2, 3].map(() => coldStart(100));
  const sentences = judgeRounds('loopback', { vend: unknown }).map(({ sentence }) => sentence);
  expect(sentences.filter((sentence) => sentence.includes('resident set'))).toEqual([]);
});

test('with a token store, a start over a network is ahead of the floor, and takes what the fleet holds', () => {
  const shared = (tokenMs: number) => [1, 2, 3].map(() => ({ ...coldStart(tokenMs), source: 'shared' }));
  const isMet = (tokenMs: number) => judgeRounds('network', { 'vend-shared': shared(tokenMs) }).slice(-2);
  expect(isMet(95).map((target) => target.isMet)).toEqual([true, true]);
  expect(isMet(96).map((target) => target.isMet)).toEqual([false, true]);
  const alone = judgeRounds('network', { 'vend-shared': [{ ...coldStart(90), source: 'exchange' }] });
  expect(alone.at(-1)?.isMet).toBe(false);
});
