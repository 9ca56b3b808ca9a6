import { expect, test } from '@jest/globals';
import { callUntilServed } from '../../../bench/storm/caller.ts';

type Answer = readonly [statusCode: number, retryAfter?: string] | 'ended';

/** Each call takes 100 ms; the last answer repeats. */
async function call(...answers: Answer[]) {
  let nowMs = 5_000;
  const sleptMs: number[] = [];
  const invoke = async () => {
    nowMs += 100;
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined || answer === 'ended') return undefined;
    const [statusCode, retryAfter] = answer;
    return { statusCode, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter }, body: '' };
  };
  const sleep = async (ms: number) => {
    sleptMs.push(ms);
    nowMs += ms;
  };
  return { ...(await callUntilServed({ invoke, now: () => nowMs, sleep })), sleptMs };
}

test('is served by the first answer', async () => {
  expect(await call([200])).toEqual({ refusals: [], wasEnded: false, servedAfterMs: 100, sleptMs: [] });
});

test('waits as long as a refusal says, or one second, and asks again', async () => {
  expect(await call([503, '3'], [502], [200])).toMatchObject({
    refusals: [503, 502],
    servedAfterMs: 4_300,
    sleptMs: [3_000, 1_000],
  });
});

test('gives up rather than wait beyond 30 s', async () => {
  const { refusals, servedAfterMs } = await call([503, '10']);
  expect([refusals.length, servedAfterMs]).toEqual([3, undefined]);
});

test('does not count an answer that comes after 30 s', async () => {
  expect(await call([503, '29.85'], [200])).toMatchObject({ refusals: [503], servedAfterMs: undefined });
});

test('does not ask again when its instance was ended', async () => {
  expect(await call('ended')).toMatchObject({ refusals: [], wasEnded: true, servedAfterMs: undefined });
});
