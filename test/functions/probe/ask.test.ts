import { expect, test } from '@jest/globals';
import type { ApiAnswer, ApiRequest, CallApi } from '../../../functions/probe/api-client.ts';
import { createAsk } from '../../../functions/probe/ask.ts';
import { NotAskedError } from '../../../functions/probe/probe-result.ts';

const request: ApiRequest = { method: 'GET', path: '/health', signature: 'right' };
const answer = (status: number, headers: Record<string, string> = {}): ApiAnswer => ({
  status,
  headers: new Headers(headers),
  body: {},
});

/** Asks with these answers, one after another; a fake clock waits. */
function startAsking(heard: readonly (ApiAnswer | Error)[], deadlineMs = 60_000) {
  const timeouts: number[] = [];
  let nowMs = 0;
  const call: CallApi = async (_request, timeoutMs) => {
    timeouts.push(timeoutMs);
    const next = heard[timeouts.length - 1] as ApiAnswer | Error;
    if (next instanceof Error) throw next;
    return next;
  };
  const sleep = async (ms: number) => {
    nowMs += ms;
  };
  const ask = createAsk({ call, now: () => nowMs, sleep, random: () => 0.5, timeoutMs: 10_000 });
  return { asked: ask(request, deadlineMs), timeouts, waitedMs: () => nowMs };
}

test('an answer is an answer, whatever its status', async () => {
  for (const status of [200, 302, 403, 500, 502, 504]) {
    const { asked, timeouts } = startAsking([answer(status)]);
    expect(await asked).toMatchObject({ status });
    expect(timeouts).toEqual([10_000]);
  }
});

test.each([
  ['a throttle', answer(429, { 'retry-after': '2' }), 2_500],
  ['a throttle of an HTTP API, which names no time', answer(429), 1_500],
  ['an unavailable service that says when to come back', answer(503, { 'retry-after': '3' }), 3_500],
  ['a broken connection', new NotAskedError('broken', true), 500],
])('%s is waited out', async (_, first, waitMs) => {
  const { asked, waitedMs } = startAsking([first, answer(200)]);
  expect(await asked).toMatchObject({ status: 200 });
  expect(waitedMs()).toBe(waitMs);
});

test('it is waited out twice at most; then the last answer counts', async () => {
  const unavailable = answer(503, { 'retry-after': '1' });
  const { asked, timeouts } = startAsking([unavailable, unavailable, unavailable]);
  expect(await asked).toBe(unavailable);
  expect(timeouts).toHaveLength(3);
});

test('a throttle that stays is no answer: nothing was asked', async () => {
  const { asked } = startAsking([answer(429), answer(429), answer(429)]);
  await expect(asked).rejects.toThrow(new NotAskedError('throttled (429)'));
});

test.each([
  ['a wait that is long', answer(503, { 'retry-after': '6' })],
  ['a wait that is no number', answer(503, { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' })],
  ['a service that does not say when to come back', answer(503)],
])('%s is not waited for', async (_, unavailable) => {
  const { asked, timeouts } = startAsking([unavailable]);
  expect(await asked).toBe(unavailable);
  expect(timeouts).toHaveLength(1);
});

test('a timeout is not tried again', async () => {
  const { asked, timeouts } = startAsking([new NotAskedError('no answer within 10000 ms')]);
  await expect(asked).rejects.toThrow('no answer within 10000 ms');
  expect(timeouts).toHaveLength(1);
});

test('no try goes past the deadline of the run', async () => {
  const { asked, timeouts } = startAsking([answer(429, { 'retry-after': '3' })], 2_000);
  await expect(asked).rejects.toThrow('throttled');
  expect(timeouts).toEqual([2_000]);
});
