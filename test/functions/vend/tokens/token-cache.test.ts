import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AccessToken, expirySkewMs } from '../../../../functions/shared/exchange/access-token.ts';
import { TokenCache } from '../../../../functions/vend/tokens/token-cache.ts';
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

describe('TokenCache', () => {
  test('lets go of the token that was not used for the longest time', async () => {
    const cache = new TokenCache(2);
    const load = (key: string) => cache.load(key, async () => createToken(key, 1_000_000));
    await load('a');
    await load('b');
    cache.get('a', 0);
    await load('c');
    expect([cache.get('a', 0)?.value, cache.get('b', 0), cache.get('c', 0)?.value]).toEqual(['a', undefined, 'c']);
  });

  test('loads anew after a load has failed', async () => {
    const cache = new TokenCache();
    await expect(cache.load('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect((await cache.load('a', async () => createToken('a', 1_000_000))).value).toBe('a');
  });

  test('hands on but does not keep a token whose expiry is not known', async () => {
    const cache = new TokenCache();
    expect((await cache.load('a', async () => createToken('a', undefined))).value).toBe('a');
    expect(cache.size).toBe(0);
  });

  // A model of a provider: any interleaving of time, loads that take a while, succeed or fail, look-ups and evictions.
  type Step =
    | { readonly kind: 'advance'; readonly seconds: number }
    | { readonly kind: 'load'; readonly key: string; readonly lifetimeSeconds: number }
    | { readonly kind: 'settle'; readonly succeeds: boolean }
    | { readonly kind: 'get' | 'evict'; readonly key: string };
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('advance' as const), seconds: fc.integer({ min: 0, max: 100 }) }),
    fc.record({ kind: fc.constant('load' as const), key, lifetimeSeconds: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ kind: fc.constant('settle' as const), succeeds: fc.boolean() }),
    fc.record({ kind: fc.constantFrom('get' as const, 'evict' as const), key }),
  );

  test('never answers an expired token, never has two loads of a key in flight, and keeps its bound', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80 }), async (steps) => {
        const clock = createFakeClock(0);
        const limit = 3;
        const cache = new TokenCache(limit);
        const running: { readonly key: string; readonly settle: (succeeds: boolean) => void }[] = [];
        const overlaps: string[] = [];
        const answers: Promise<unknown>[] = [];
        for (const action of steps) {
          if (action.kind === 'advance') clock.advanceSeconds(action.seconds);
          if (action.kind === 'load') {
            const expiresAtMs = clock.now() + action.lifetimeSeconds * 1000;
            const obtain = () =>
              new Promise<AccessToken>((resolve, reject) => {
                if (running.some((load) => load.key === action.key)) overlaps.push(action.key);
                running.push({
                  key: action.key,
                  settle: (succeeds) =>
                    succeeds ? resolve(createToken(`${action.key}@${expiresAtMs}`, expiresAtMs)) : reject(new Error()),
                });
              });
            answers.push(cache.load(action.key, obtain).catch(() => undefined));
          }
          if (action.kind === 'settle') {
            running.shift()?.settle(action.succeeds);
            // The load's own continuations run before the next step.
            for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
          }
          if (action.kind === 'evict') cache.evict(action.key);
          if (action.kind === 'get') {
            const token = cache.get(action.key, clock.now());
            expect(token?.value.startsWith(`${action.key}@`) ?? true).toBe(true);
            expect((token?.expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.now()).toBeGreaterThanOrEqual(expirySkewMs);
            const expiring = cache.getExpiring(action.key, clock.now());
            expect((expiring?.expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.now()).toBeGreaterThanOrEqual(1_000);
          }
          expect(cache.size).toBeLessThanOrEqual(limit);
        }
        for (const load of running) load.settle(true);
        await Promise.all(answers);
        expect(overlaps).toEqual([]);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500), seed: 1 },
    );
  });
});
