import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AccessToken, expirySkewMs } from '../../../../functions/shared/exchange/access-token.ts';
import { TokenError } from '../../../../functions/shared/runtime/errors.ts';
import { flightBudgetMs, type Obtain, TokenSlot } from '../../../../functions/vend/tokens/token-slot.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

function createToken(value: string, expiresAtMs: number | undefined): AccessToken {
  return {
    value,
    fingerprint: value,
    expiresAtMs,
    refreshAtMs: expiresAtMs,
    scope: undefined,
    exposed: {},
    secretVersionId: 'v1',
    obtainedIn: { secretMs: undefined, exchangeMs: 0 },
  };
}

function createSlot(obtain: Obtain) {
  const clock = createFakeClock(0);
  return { clock, slot: new TokenSlot(obtain, { now: clock.now, random: () => 0 }) };
}

const outage = new TokenError('provider_unavailable');

describe('a token slot', () => {
  test('returns but does not keep a token without a known expiry', async () => {
    const { slot } = createSlot(async () => createToken('a', undefined));
    expect((await slot.load()).value).toBe('a');
    expect(slot.getExpiring(0)).toBeUndefined();
  });

  test('repeats a failure with the seconds until the next try, at most 30', async () => {
    let tries = 0;
    const { clock, slot } = createSlot(async () => {
      tries += 1;
      throw outage;
    });
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await expect(slot.load()).rejects.toMatchObject({
        reason: 'provider_unavailable',
        retryAfterSeconds: expect.any(Number),
      });
      expect(tries).toBe(attempt);
      const retryAfterSeconds = await slot.load().then(
        () => 0,
        (error: TokenError) => error.retryAfterSeconds ?? 0,
      );
      expect(tries).toBe(attempt);
      waits.push(retryAfterSeconds);
      clock.advanceSeconds(retryAfterSeconds);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  test('ends a back-off when a token arrives', async () => {
    const outcomes: (() => AccessToken)[] = [
      () => {
        throw outage;
      },
      () => createToken('a', 1_000_000),
    ];
    const { clock, slot } = createSlot(async () => (outcomes.shift() ?? (() => createToken('b', 2_000_000)))());
    await expect(slot.load()).rejects.toThrow();
    clock.advanceSeconds(1);
    expect((await slot.load()).value).toBe('a');
    expect((await slot.load()).value).toBe('b');
  });

  test('gives up a flight when its time is over, but keeps its token', async () => {
    const flights: ((token: AccessToken) => void)[] = [];
    const { clock, slot } = createSlot(() => new Promise((resolve) => flights.push(resolve)));
    const first = slot.load();
    clock.advanceSeconds(flightBudgetMs / 1000 - 1);
    const joined = [slot.load()];
    clock.advanceSeconds(flightBudgetMs / 1000 - 1);
    joined.push(slot.load());
    expect(flights).toHaveLength(1);
    clock.advanceSeconds(2);
    const second = slot.load();
    expect(flights).toHaveLength(2);
    flights[0]?.(createToken('late', 500_000));
    const late = await Promise.all([first, ...joined]);
    expect([...late.map(({ value }) => value), slot.get(clock.now())?.value]).toEqual(['late', 'late', 'late', 'late']);
    flights[1]?.(createToken('newer', 900_000));
    expect([(await second).value, slot.get(clock.now())?.value]).toEqual(['newer', 'newer']);
  });

  test('does not back off for a flight that was given up', async () => {
    const flights: { readonly resolve: (token: AccessToken) => void; readonly reject: (error: Error) => void }[] = [];
    const { clock, slot } = createSlot(() => new Promise((resolve, reject) => flights.push({ resolve, reject })));
    const first = slot.load();
    clock.advanceSeconds(flightBudgetMs / 1000);
    const second = slot.load();
    flights[0]?.reject(outage);
    await expect(first).rejects.toBe(outage);
    expect(slot.isCoolingDown(clock.now())).toBe(false);
    flights[1]?.resolve(createToken('a', 900_000));
    expect((await second).value).toBe('a');
  });

  test('replaces a reported token by a shorter-lived one, and any other token only by a longer-lived one', async () => {
    const tokens = [createToken('a', 3_600_000), createToken('b', 600_000), createToken('c', 300_000)];
    const { slot } = createSlot(async () => tokens.shift() ?? createToken('d', 1));
    await slot.load();
    expect((await slot.replace('a')).value).toBe('b');
    expect((await slot.load()).value).toBe('b');
  });

  // A model of a provider: any interleaving of time, look-ups, reports, and flights that take time, succeed or fail.
  type Step =
    | { readonly kind: 'advance'; readonly seconds: number }
    | { readonly kind: 'load' | 'report'; readonly lifetimeSeconds: number }
    | { readonly kind: 'end'; readonly succeeds: boolean }
    | { readonly kind: 'get' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('advance' as const), seconds: fc.integer({ min: 0, max: 100 }) }),
    fc.record({
      kind: fc.constantFrom('load' as const, 'report' as const),
      lifetimeSeconds: fc.integer({ min: 1, max: 200 }),
    }),
    fc.record({ kind: fc.constant('end' as const), succeeds: fc.boolean() }),
    fc.record({ kind: fc.constant('get' as const) }),
  );

  test('never answers an expired token, never runs two flights within one budget, and loses no token to a failure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80 }), async (steps) => {
        const running: { readonly startedAtMs: number; readonly end: (succeeds: boolean) => void }[] = [];
        const overlaps: number[] = [];
        const calls: Promise<unknown>[] = [];
        let lifetimeSeconds = 0;
        const { clock, slot } = createSlot(
          () =>
            new Promise((resolve, reject) => {
              const expiresAtMs = clock.now() + lifetimeSeconds * 1000;
              if (running.some(({ startedAtMs }) => clock.now() - startedAtMs < flightBudgetMs)) overlaps.push(1);
              running.push({
                startedAtMs: clock.now(),
                end: (succeeds) => (succeeds ? resolve(createToken(`t${expiresAtMs}`, expiresAtMs)) : reject(outage)),
              });
            }),
        );
        for (const action of steps) {
          if (action.kind === 'advance') clock.advanceSeconds(action.seconds);
          if (action.kind === 'load' || action.kind === 'report') {
            lifetimeSeconds = action.lifetimeSeconds;
            const held = slot.get(clock.now())?.fingerprint;
            const call = action.kind === 'report' && held !== undefined ? slot.replace(held) : slot.load();
            calls.push(call.catch(() => undefined));
          }
          if (action.kind === 'end') {
            const before = slot.get(clock.now());
            running.shift()?.end(action.succeeds);
            // The continuations of the flight run before the next step.
            for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
            if (before !== undefined) expect(slot.get(clock.now())).toBeDefined();
          }
          const life = (token: AccessToken | undefined) =>
            (token?.expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.now();
          expect(life(slot.get(clock.now()))).toBeGreaterThanOrEqual(expirySkewMs);
          expect(life(slot.getExpiring(clock.now()))).toBeGreaterThanOrEqual(1_000);
        }
        for (const flight of running) flight.end(true);
        await Promise.all(calls);
        expect(overlaps).toEqual([]);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500), seed: 1 },
    );
  });
});
