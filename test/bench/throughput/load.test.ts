import { expect, test } from '@jest/globals';
import { runLoad } from '../../../bench/throughput/load.ts';

/** One request after the other takes 10 ms of the clock. */
function createFakeServer() {
  let nowMs = 0;
  let inFlight = 0;
  const seen = { sent: 0, mostInFlight: 0, warmAtMs: [] as number[] };
  return {
    seen,
    now: () => nowMs,
    onWarm: () => seen.warmAtMs.push(nowMs),
    async send() {
      seen.sent += 1;
      inFlight += 1;
      seen.mostInFlight = Math.max(seen.mostInFlight, inFlight);
      await undefined;
      nowMs += 10;
      inFlight -= 1;
    },
  };
}

test('counts what is answered after the warm-up and before the end', async () => {
  const { seen, ...server } = createFakeServer();
  const figures = await runLoad({ ...server, inFlight: 1, warmUpMs: 100, measuredMs: 1000 });
  // The one answered when the warm-up ends is counted, the one answered at the very end is not.
  expect(figures).toEqual({ requests: 100, requestsPerSecond: 100, p50Ms: 10, p99Ms: 10 });
  expect(seen).toEqual({ sent: 110, mostInFlight: 1, warmAtMs: [100] });
});

test('keeps as many requests in flight as it is told, and says once that it is warm', async () => {
  const { seen, ...server } = createFakeServer();
  const figures = await runLoad({ ...server, inFlight: 4, warmUpMs: 100, measuredMs: 1000 });
  expect(seen.mostInFlight).toBe(4);
  expect(seen.warmAtMs).toHaveLength(1);
  expect(figures.requestsPerSecond).toBe(100);
  expect(figures.p50Ms).toBe(40);
});

test('fails with what a request fails with', async () => {
  const { seen: _, ...server } = createFakeServer();
  const send = async () => {
    throw new Error('A request was answered 503.');
  };
  const load = runLoad({ ...server, send, inFlight: 2, warmUpMs: 0, measuredMs: 100 });
  await expect(load).rejects.toThrow('A request was answered 503.');
});
