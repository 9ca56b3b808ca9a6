import { describe, expect, test } from '@jest/globals';
import { parseProviders } from '../../../../functions/shared/settings/config.ts';
import type { Provider } from '../../../../functions/shared/settings/provider-settings.ts';
import { scopeSetLimit, TokenCache } from '../../../../functions/vend/tokens/token-cache.ts';
import { slotMinLifeMs } from '../../../../functions/vend/tokens/token-slot.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

const allowed = Array.from({ length: 100 }, (_, index) => `s${index}`);

function createCache() {
  const settings = { tokenUrl: 'https://login.example.com/token', secretId: 's', scopes: { default: ['s0'], allowed } };
  const providers = parseProviders({ one: settings, two: settings }, 'providers');
  const clock = createFakeClock(0);
  let issued = 0;
  const cache = new TokenCache(
    (provider, scopes) => async () => {
      issued += 1;
      return {
        value: `${provider.name} ${scopes.join(' ')} ${issued}`,
        fingerprint: String(issued),
        expiresAtMs: clock.now() + 3_600_000,
        refreshAtMs: clock.now() + 3_600_000,
        scope: undefined,
        exposed: {},
        secretVersionId: 'v1',
        obtainedIn: { secretMs: undefined, exchangeMs: 0 },
      };
    },
    { now: clock.now, random: () => 0 },
  );
  return { cache, clock, one: providers.get('one') as Provider, two: providers.get('two') as Provider };
}

describe('the token cache', () => {
  test('keeps one slot per provider and scope set', () => {
    const { cache, one, two } = createCache();
    const slots = [cache.slot(one, []), cache.slot(one, ['s1']), cache.slot(one, ['s1', 's2']), cache.slot(two, [])];
    expect(new Set(slots).size).toBe(4);
    expect(cache.slot(one, ['s1'])).toBe(slots[1]);
  });

  test('refuses a scope set beyond its bound, and evicts no token for it', async () => {
    const { cache, one, two } = createCache();
    const tokens = new Map<string, string>();
    for (const scope of allowed.slice(0, scopeSetLimit + 1)) {
      tokens.set(scope, (await cache.slot(one, [scope]).load()).value);
    }
    expect(() => cache.slot(one, ['s99'])).toThrow(
      expect.objectContaining({ reason: 'too_many_scope_sets', retryAfterSeconds: 3600 }),
    );
    for (const [scope, value] of tokens) expect(cache.slot(one, [scope]).get(0)?.value).toBe(value);
    expect((await cache.slot(two, ['s99']).load()).value).toContain('two s99');
  });

  test('always has room for the default scopes', async () => {
    const { cache, one } = createCache();
    for (const scope of allowed.slice(1, scopeSetLimit + 1)) await cache.slot(one, [scope]).load();
    expect((await cache.slot(one, ['s0']).load()).value).toContain('one s0');
  });

  test('has room again when tokens have expired', async () => {
    const { cache, clock, one } = createCache();
    for (const scope of allowed.slice(1, scopeSetLimit + 1)) await cache.slot(one, [scope]).load();
    clock.advanceSeconds(3600);
    expect((await cache.slot(one, ['s99']).load()).value).toContain('one s99');
  });

  test('keeps an empty slot for a minute, which limits the rate of new ones', () => {
    const { cache, clock, one } = createCache();
    for (const scope of allowed.slice(1, scopeSetLimit + 1)) cache.slot(one, [scope]);
    clock.advanceSeconds(slotMinLifeMs / 1000 - 1);
    expect(() => cache.slot(one, ['s99'])).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }));
    clock.advanceSeconds(1);
    expect(cache.slot(one, ['s99'])).toBeDefined();
  });
});
