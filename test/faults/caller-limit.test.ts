import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Caller } from '../../local/gateway/callers.ts';
import type { StackOptions } from '../../local/stack.ts';
import { assertDocumented } from '../support/documented-answer.ts';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';
import { signBySmithy } from '../support/signed-request.ts';

// `orders` is greedy: it asks for a token as fast as it can, and heeds no `retry-after`. `prober` is modest.

let stack: RunningStack;
let isHammering: boolean;
let hammering: Promise<unknown>;

interface Seen {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly error?: string; readonly message?: string };
}

afterEach(async () => {
  isHammering = false;
  await hammering;
  await stack.close();
});

async function createSender(caller: Caller): Promise<() => Promise<Seen>> {
  const url = `${stack.endpoint}/tokens/prove`;
  const headers = await signBySmithy({ method: 'POST', url }, caller, stack.region);
  return async () => {
    const response = await fetch(url, { method: 'POST', headers });
    const body = (await response.json()) as Seen['body'];
    const answer = { status: response.status, headers: Object.fromEntries(response.headers), body };
    assertDocumented({ method: 'POST', path: '/tokens/prove', ...answer });
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
  };
}

/** A stack on which `orders` hammers until the test ends. @returns how `prober` sends, and what `orders` has seen so far */
async function startWithGreedyCaller(
  limits: Pick<StackOptions, 'requestsPerSecond' | 'callerLimit' | 'hasWebAcl'>,
): Promise<{ readonly send: () => Promise<Seen>; readonly greedy: readonly Seen[] }> {
  stack = await startRunningStack(2, undefined, limits);
  const [sendGreedily, send] = await Promise.all([createSender(stack.orders), createSender(stack.prober)]);
  const greedy: Seen[] = [];
  isHammering = true;
  const hammer = async () => {
    while (isHammering) greedy.push(await sendGreedily());
  };
  hammering = Promise.all(Array.from({ length: 8 }, hammer));
  return { send, greedy };
}

const isRefused = ({ status }: Seen) => status === 429;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(10);
}

/** Requests one after the other. */
async function sendTimes(send: () => Promise<Seen>, count: number): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  while (seen.length < count) seen.push(await send());
  return seen;
}

describe('a greedy caller', () => {
  test('without a limit uses up the API’s throttle, and a modest caller is refused', async () => {
    const { send, greedy } = await startWithGreedyCaller({ requestsPerSecond: 10 });
    await until(() => greedy.some(isRefused));
    const seen = await sendTimes(send, 20);
    expect(seen.filter(isRefused).length).toBeGreaterThan(0);
    expect(seen.find(isRefused)?.body.message).toBe('Too Many Requests');
  });

  test('with a limit is refused by the function, and a modest caller is not, while the API has capacity', async () => {
    const callerLimit = { requestsPerSecond: 1, burst: 10 };
    const { send, greedy } = await startWithGreedyCaller({ callerLimit });
    await until(() => greedy.filter(isRefused).length > 20);
    expect((await sendTimes(send, 10)).filter(isRefused)).toEqual([]);
    expect(greedy.find(isRefused)).toMatchObject({ retryAfter: '1', body: { error: 'temporarily_unavailable' } });
    const lines = stack.functionLines.filter((line) => line.includes('caller-limited'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(greedy.length / 2);
    expect(lines.every((line) => line.includes('assumed-role/orders'))).toBe(true);
  });

  test('with a web ACL is refused before the API’s throttle counts it, and a modest caller gets all its tokens', async () => {
    const callerLimit = { requestsPerSecond: 1, burst: 20 };
    const { send, greedy } = await startWithGreedyCaller({ requestsPerSecond: 10, callerLimit, hasWebAcl: true });
    const isBlocked = ({ retryAfter }: Seen) => retryAfter === '30';
    await until(() => greedy.some(isBlocked));
    // The throttle still counts what it admitted in the second before.
    const blockedAtMs = Date.now();
    await until(() => Date.now() - blockedAtMs >= 1000);
    const blockedBefore = greedy.filter(isBlocked).length;
    expect((await sendTimes(send, 10)).filter(isRefused)).toEqual([]);
    expect(greedy.filter(isBlocked).length).toBeGreaterThan(blockedBefore);
    expect(greedy.slice(-5).every(isBlocked)).toBe(true);
  });
});
