import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import fc from 'fast-check';
import { createLog } from '../../../../functions/shared/runtime/log.ts';
import { createMetricFields } from '../../../../functions/shared/runtime/metrics.ts';
import { principalOf } from '../../../../functions/vend/http/caller.ts';
import { CallerLimit, limitCallers } from '../../../../functions/vend/http/caller-limit.ts';
import { assertDocumented } from '../../../support/documented-answer.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { hasLambdasForm } from '../../../support/log-form.ts';
import { buildContext, buildVendEvent } from '../../../support/rest-event.ts';

const settings = { requestsPerSecond: 10, burst: 20 };

function createLimit(overrides: Partial<typeof settings> = {}) {
  const clock = createFakeClock();
  const limit = new CallerLimit({ ...settings, ...overrides }, clock.now);
  /** How many of so many requests are allowed. */
  const allowedOf = (name: string, requests: number) =>
    Array.from({ length: requests }, () => limit.take(name)).filter(({ waitMs }) => waitMs === 0).length;
  return { clock, limit, allowedOf };
}

describe('the bucket of a caller', () => {
  test('holds the burst, and fills at the rate', () => {
    const { clock, allowedOf } = createLimit();
    expect(allowedOf('orders', 100)).toBe(20);
    clock.advanceSeconds(0.5);
    expect(allowedOf('orders', 100)).toBe(5);
    clock.advanceSeconds(3600);
    expect(allowedOf('orders', 100)).toBe(20);
  });

  test('takes nothing from another caller’s', () => {
    const { allowedOf } = createLimit();
    expect(allowedOf('greedy', 1000)).toBe(20);
    expect(allowedOf('modest', 20)).toBe(20);
  });

  test('says how long to wait, and keeps its word', () => {
    const { clock, limit, allowedOf } = createLimit();
    allowedOf('orders', 20);
    const { waitMs } = limit.take('orders');
    expect(waitMs).toBeCloseTo(100);
    clock.advanceSeconds(waitMs / 1000);
    expect(allowedOf('orders', 2)).toBe(1);
  });

  test('never lets more through than the burst and what has flowed back, and never less to who stays below', () => {
    const gapsMs = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(gapsMs, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 30 }), (gaps, rate, burst) => {
        const { clock, allowedOf } = createLimit({ requestsPerSecond: rate, burst });
        let [elapsedMs, allowed] = [0, 0];
        for (const gapMs of gaps) {
          clock.advanceSeconds(gapMs / 1000);
          elapsedMs += gapMs;
          allowed += allowedOf('orders', 1);
          expect(allowed).toBeLessThanOrEqual(burst + (elapsedMs * rate) / 1000 + 1e-3);
        }
        const modest = createLimit({ requestsPerSecond: rate, burst });
        for (let request = 0; request < 100; request += 1) {
          expect(modest.allowedOf('orders', 1)).toBe(1);
          modest.clock.advanceSeconds(1 / rate);
        }
      }),
    );
  });

  test('of who is over its limit is not forgotten, however many others come', () => {
    const { limit, allowedOf } = createLimit();
    expect(allowedOf('greedy', 100)).toBe(20);
    for (let index = 0; index < 5000; index += 1) limit.take(`other-${index}`);
    expect(allowedOf('greedy', 100)).toBe(0);
    expect(allowedOf('newcomer', 1)).toBe(1);
  });
});

describe('the principal of a caller', () => {
  test.each([
    ['arn:aws:sts::111122223333:assumed-role/orders/i-0abc', 'arn:aws:sts::111122223333:assumed-role/orders'],
    ['arn:aws:sts::111122223333:assumed-role/orders/a/b', 'arn:aws:sts::111122223333:assumed-role/orders'],
    ['arn:aws:iam::111122223333:user/path/ann', 'arn:aws:iam::111122223333:user/path/ann'],
    [undefined, 'unknown'],
    [7 as unknown as string, 'unknown'],
  ])('of %s is %s', (arn, principal) => {
    expect(principalOf({ arn, account: undefined })).toBe(principal);
  });
});

function eventOf(userArn: string): APIGatewayProxyEvent {
  const event = buildVendEvent('prove');
  return {
    ...event,
    requestContext: { ...event.requestContext, identity: { ...event.requestContext.identity, userArn } },
  };
}

const greedy = (session = '1') => eventOf(`arn:aws:sts::111122223333:assumed-role/greedy/${session}`);
const modest = eventOf('arn:aws:sts::111122223333:assumed-role/modest/1');

function createLimited() {
  const clock = createFakeClock();
  const lines: string[] = [];
  const deps = {
    log: createLog((line) => lines.push(line), 'warn', clock.now),
    metric: createMetricFields('the-function', clock.now),
    now: clock.now,
  };
  const inner = async () => ({ statusCode: 200, body: '' });
  const handler = limitCallers(inner, settings, deps);
  const send = async (event: APIGatewayProxyEvent, count: number) => {
    const answers = [];
    for (let index = 0; index < count; index += 1) answers.push(await handler(event, buildContext()));
    return answers;
  };
  const okOf = async (event: APIGatewayProxyEvent, count: number) =>
    (await send(event, count)).filter(({ statusCode }) => statusCode === 200).length;
  return { clock, lines, inner, deps, send, okOf };
}

describe('the function with a limit per caller', () => {
  test('answers a greedy caller 429 as documented, and a modest one as ever', async () => {
    const { send, okOf } = createLimited();
    const refused = (await send(greedy(), 21)).at(-1);
    expect(refused).toMatchObject({ statusCode: 429, headers: { 'retry-after': '1', 'cache-control': 'no-store' } });
    const { statusCode: status = 0, headers = {}, body = '' } = refused ?? {};
    const answer = { status, headers: headers as Record<string, string>, body: JSON.parse(body) };
    expect(answer.body.error).toBe('temporarily_unavailable');
    assertDocumented({ method: 'POST', path: '/tokens/prove', ...answer });
    assertDocumented({ method: 'GET', path: '/health', ...answer });
    expect(await okOf(modest, 20)).toBe(20);
  });

  test('counts all sessions of a role as one caller', async () => {
    const { okOf } = createLimited();
    const sessions = await Promise.all(Array.from({ length: 50 }, (_, index) => okOf(greedy(`task-${index}`), 1)));
    expect(sessions.filter((ok) => ok === 1)).toHaveLength(20);
  });

  test('counts requests that are malformed, and those without an identity', async () => {
    const { okOf } = createLimited();
    expect(await okOf(null as unknown as APIGatewayProxyEvent, 30)).toBe(20);
  });

  test('writes one line per caller and second, with the refusals since the last one, and a metric', async () => {
    const { clock, lines, send } = createLimited();
    for (let tenth = 0; tenth < 30; tenth += 1) {
      await send(greedy(), 100);
      await send(modest, 1);
      clock.advanceSeconds(0.1);
    }
    const records = lines.map((line) => JSON.parse(line));
    expect(lines.every(hasLambdasForm)).toBe(true);
    expect(records).toHaveLength(3);
    expect(records[0]).toEqual({
      timestamp: '2026-01-01T00:00:00.000Z',
      level: 'warn',
      message: 'caller-limited',
      lambdaRequestId: 'lambda-request',
      requestId: expect.any(String),
      callerArn: 'arn:aws:sts::111122223333:assumed-role/greedy/1',
      callerAccount: '444455556666',
      status: 429,
      reason: 'caller_over_limit',
      function: 'the-function',
      CallerLimited: 1,
      _aws: expect.any(Object),
    });
    const total = records.reduce((sum, { CallerLimited }) => sum + CallerLimited, 0);
    // Those of the last second are told by the next line.
    expect(total).toBeGreaterThan(1800);
  });

  test('is the function itself where there is no limit', () => {
    const { inner, deps } = createLimited();
    expect(limitCallers(inner, undefined, deps)).toBe(inner);
  });
});
