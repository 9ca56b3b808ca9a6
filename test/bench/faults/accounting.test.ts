import { describe, expect, test } from '@jest/globals';
import { Account } from '../../../bench/faults/accounting.ts';
import { mostWithin, type Outcome } from '../../../bench/faults/figures.ts';

const lifetimeMs = 300_000;

function createAccount() {
  const account = new Account(lifetimeMs);
  let requests = 0;
  function vend(instance: string, atMs: number, outcome: Partial<Outcome>): void {
    requests += 1;
    const requestId = String(requests);
    account.invocationStarted(requestId, instance, atMs);
    if (outcome.token !== undefined) account.tokenAnswered(instance, outcome.token);
    const ran = { startedAtMs: atMs, tookMs: 1 };
    const nothing = { reason: undefined, source: undefined, token: undefined };
    account.settled({ requestId, phase: 'healthy', status: 200, ...nothing, function: ran, atMs, ...outcome });
  }
  const answer = (instance: string, atMs: number, token: string, source = 'memory') =>
    vend(instance, atMs, { token, source });
  const refuse = (instance: string, atMs: number) => vend(instance, atMs, { status: 503, reason: 'busy' });
  return { account, figures: account.figures, answer, refuse };
}

describe('a refusal counts as one while a valid token is held', () => {
  test('when the same instance has answered with that token and at least 10 s are left', () => {
    const { account, figures, answer, refuse } = createAccount();
    account.tokenIssued('a', 0);
    answer('1', 0, 'a', 'exchange');
    refuse('1', 100_000);
    refuse('1', 289_000);
    expect(figures).toMatchObject({ asked: 3, answered: 1, refused: 2, refusedWhileHeld: 2 });
  });

  test('but not when less than 10 s are left, which is counted separately', () => {
    const { account, figures, answer, refuse } = createAccount();
    account.tokenIssued('a', 0);
    answer('1', 0, 'a');
    refuse('1', 291_000);
    refuse('1', 301_000);
    expect(figures).toMatchObject({ refused: 2, refusedWhileHeld: 0, refusedWhileShortHeld: 1 });
  });

  test('but not when only another instance holds it, or the instance has ended', () => {
    const { account, figures, answer, refuse } = createAccount();
    account.tokenIssued('a', 0);
    answer('1', 0, 'a');
    refuse('2', 100_000);
    account.instanceEnded('1');
    refuse('2', 100_000);
    expect(figures).toMatchObject({ refused: 2, refusedWhileHeld: 0, refusedWhileHeldElsewhere: 1 });
  });
});

describe('a refusal has no cause of its own', () => {
  test('when the instance holds a valid token', () => {
    const { account, figures, answer, refuse } = createAccount();
    account.tokenIssued('a', 0);
    answer('1', 0, 'a');
    refuse('1', 100_000);
    expect(figures.refusedWithoutCause).toBe(1);
  });

  test('when both backends have been healthy for longer than any back-off lasts', () => {
    const { account, figures, refuse } = createAccount();
    refuse('1', 50_000);
    account.phaseEntered(true, 100_000);
    refuse('1', 132_000);
    account.phaseEntered(true, 132_000);
    refuse('1', 132_001);
    account.phaseEntered(false, 140_000);
    refuse('1', 200_000);
    expect(figures).toMatchObject({ refused: 4, refusedWithoutCause: 1 });
  });
});

test('counts neighbours only as such', () => {
  const { account, figures } = createAccount();
  account.invocationStarted('n', '1', 0);
  const nothing = { reason: 'invalid_scope', source: undefined, token: undefined, function: undefined };
  account.neighbourSettled({ requestId: 'n', phase: 'healthy', status: 400, atMs: 1, ...nothing });
  expect(figures).toMatchObject({ neighboursAsked: 1, asked: 0, refused: 0 });
});

test('counts requests to the provider by instance and scope', () => {
  const { account } = createAccount();
  account.exchangeTried('1', 0, 'read');
  account.exchangeTried('1', 1, 'read');
  account.exchangeTried('2', 2, 'read');
  expect([...account.requests]).toEqual([
    ['instance 1, scope "read"', 2],
    ['instance 2, scope "read"', 1],
  ]);
});

test('counts answers with a stale token and with an expired one', () => {
  const { account, figures, answer } = createAccount();
  account.tokenIssued('a', 0);
  answer('1', 280_000, 'a', 'memory-stale');
  answer('1', 300_000, 'a');
  answer('1', 0, 'never issued');
  expect(figures).toMatchObject({ answered: 3, answeredStale: 1, answeredExpired: 2 });
});

test('counts exchanges within a Retry-After of the instance itself apart from those within any other', () => {
  const { account, figures } = createAccount();
  account.exchangeTried('1', 0);
  account.askedToWait('1', 20_000);
  account.exchangeTried('1', 19_999);
  account.exchangeTried('2', 19_999);
  account.exchangeTried('1', 20_000);
  expect(figures).toMatchObject({
    exchanges: 4,
    exchangesInsideOwnRetryAfter: 1,
    exchangesInsideAnyRetryAfter: 2,
  });
});

test('finds the largest number within any window, wherever it starts', () => {
  expect(mostWithin(1000, [])).toBe(0);
  expect(mostWithin(1000, [2500, 0, 900, 1000, 1899, 5000])).toBe(3);
});
