import { expect, test } from '@jest/globals';
import type { LambdaHandler } from '../../../bench/lambda-call.ts';
import { measureCost, measureEach } from '../../../bench/warm-vend/measure-calls.ts';

interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Answers 200 and takes as many milliseconds of its clock as `tookMs` says of each call. */
function createFakeHandler(tookMs: (call: number) => number) {
  const contexts: LambdaContext[] = [];
  let nowMs = 0;
  const handler: LambdaHandler = async (_event, context) => {
    nowMs += tookMs(contexts.length);
    contexts.push(context as LambdaContext);
    return { statusCode: 200, body: '' };
  };
  return { handler, contexts, now: () => nowMs };
}

test('measures the mean cost of a call, in whole batches of calls', async () => {
  const { handler, contexts, now } = createFakeHandler((call) => (call % 2 === 0 ? 1 : 3));
  expect(await measureCost(handler, 150, now)).toBe(2000);
  expect(contexts).toHaveLength(200);
});

test('measures each call for the percentiles', async () => {
  // Of 400 calls the last 8 are slow: two in a hundred.
  const { handler, now } = createFakeHandler((call) => (call >= 392 ? 50 : 1));
  expect(await measureEach(handler, 400, now)).toEqual({ p50Micros: 1000, p99Micros: 50_000 });
});

test('gives every call its own context, whose time runs out as in Lambda', async () => {
  const { handler, contexts, now } = createFakeHandler(() => 1);
  await measureCost(handler, 100, now);
  expect(new Set(contexts.map(({ awsRequestId }) => awsRequestId)).size).toBe(100);
  const leftMs = contexts[0]?.getRemainingTimeInMillis();
  expect(leftMs).toBeLessThanOrEqual(15_000);
  expect(leftMs).toBeGreaterThan(10_000);
});

test.each([measureCost, measureEach])('%p fails when a call is not answered 200', async (measure) => {
  let calls = 0;
  const handler = async () => {
    calls += 1;
    return { statusCode: calls === 7 ? 503 : 200, body: '' };
  };
  await expect(measure(handler, 100)).rejects.toThrow('A call was answered 503.');
});
