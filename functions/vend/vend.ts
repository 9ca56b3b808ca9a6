import { type AccessToken, remainingMs } from '../shared/exchange/access-token.ts';
import { asVendError, VendError } from '../shared/runtime/errors.ts';
import type { Provider } from '../shared/settings/provider-settings.ts';
import type { VendRequest } from './http/request.ts';
import { Cooldown } from './tokens/cooldown.ts';
import { withinMs } from './tokens/deadline.ts';
import type { ObtainToken } from './tokens/obtain-token.ts';
import type { Limits } from './tokens/pauses.ts';
import type { TokenCache } from './tokens/token-cache.ts';
import { tokenKey } from './tokens/token-key.ts';

/** Where a vended token came from; the value of the `x-token-source` header. */
export type TokenSource = 'memory' | 'exchange' | 'refresh' | 'memory-stale';

export interface Vended {
  readonly kind: 'vended';
  readonly token: AccessToken;
  readonly source: TokenSource;
  /** Whole seconds left, rounded down; undefined where no expiry is known. */
  readonly expiresInSeconds: number | undefined;
  /** Why the token was not refreshed, when this vend tried to. */
  readonly refreshError: VendError | undefined;
}

export interface VendDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly tokens: TokenCache;
  readonly obtainToken: ObtainToken;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * Answers a caller with a token: from memory without any I/O while it is young, refreshed inside this invocation once it
 * is due, from a new exchange when none is held.
 *
 * @throws VendError
 */
export type Vend = (request: VendRequest, times: VendTimes) => Promise<Vended>;

/** Wall clock, milliseconds since 1970. */
export interface VendTimes {
  readonly startedAtMs: number;
  /** When the answer has to be ready. */
  readonly deadlineMs: number;
}

/** A reported token is evicted at most this often per key, so that one broken caller cannot keep the cache empty. */
export const rejectionCooldownMs = 10_000;
/** `min_ttl` causes an exchange at most this often per key: a provider may answer the same token until it expires. */
export const minTtlCooldownMs = 30_000;
/** After a refresh that brought nothing better the token held serves this long, or up to a half longer, before the next try. */
export const refreshCooldownMs = 30_000;
/** Who refreshes while a valid token is held waits no longer than this. */
export const refreshTimeoutMs = 5_000;

/** Obtains a token and keeps it. */
type Load = (limits: Limits) => Promise<AccessToken>;

export function createVend({ providers, tokens, obtainToken, now, random }: VendDeps): Vend {
  const rejections = new Cooldown(now);
  const minTtlTries = new Cooldown(now);
  const refreshPauses = new Cooldown(now);

  /** The token held, unless this caller says that the provider refused just that one. */
  function heldUnlessRejected(key: string, nowMs: number, rejectedSha256: string | undefined): AccessToken | undefined {
    const held = tokens.get(key, nowMs);
    if (held === undefined || held.fingerprint !== rejectedSha256) return held;
    if (!rejections.tryEnter(key, rejectionCooldownMs)) return held;
    tokens.evict(key);
    return undefined;
  }

  function shouldRefresh(key: string, isShort: boolean, isDue: boolean): boolean {
    if (!isShort && !isDue) return false;
    // Only who needs a longer life waits for a refresh that is running; everyone else is answered from memory.
    if (tokens.isLoading(key)) return isShort;
    if (refreshPauses.remainingMs(key) > 0) return false;
    return isDue || minTtlTries.tryEnter(key, minTtlCooldownMs);
  }

  /** At random, so that a fleet which failed at once does not try again at once. */
  function pauseRefreshes(key: string): void {
    refreshPauses.start(key, refreshCooldownMs * (1 + 0.5 * random()));
  }

  async function refresh(key: string, held: AccessToken, load: Load, deadlineMs: number): Promise<Vended> {
    try {
      const token = await load({ deadlineMs: Math.min(deadlineMs, now() + refreshTimeoutMs), isPatient: false });
      if (token === held) pauseRefreshes(key);
      return answer(token, 'refresh', now());
    } catch (error) {
      // The token held is good: whatever went wrong, this caller does not suffer from it.
      pauseRefreshes(key);
      return answer(held, 'memory-stale', now(), asVendError(error));
    }
  }

  /** When none is to be had, a token in its last seconds is better than none. */
  async function exchange(key: string, load: Load, deadlineMs: number): Promise<Vended> {
    const isExpiring = tokens.getExpiring(key, now()) !== undefined;
    try {
      const untilMs = isExpiring ? Math.min(deadlineMs, now() + refreshTimeoutMs) : deadlineMs;
      return answer(await load({ deadlineMs: untilMs, isPatient: !isExpiring }), 'exchange', now());
    } catch (error) {
      const expiring = tokens.getExpiring(key, now());
      if (expiring === undefined) throw error;
      return answer(expiring, 'memory-stale', now(), asVendError(error));
    }
  }

  function answer(token: AccessToken, source: TokenSource, nowMs: number, refreshError?: VendError): Vended {
    const leftMs = remainingMs(token, nowMs);
    if (leftMs < 1000) {
      throw new VendError('provider_error', 'The token that the provider answered has already expired.', {
        reason: 'token_already_expired',
      });
    }
    const expiresInSeconds = token.expiresAtMs === undefined ? undefined : Math.floor(leftMs / 1000);
    return { kind: 'vended', token, source, expiresInSeconds, refreshError };
  }

  return async function vend(request, { startedAtMs, deadlineMs }) {
    const provider = providers.get(request.provider);
    if (provider === undefined) throw new VendError('unknown_provider', 'There is no such provider.');
    const scopes = chooseScopes(provider, request.scopes);
    const key = tokenKey(provider, scopes);
    const load: Load = (limits) =>
      withinMs(
        tokens.load(key, () => obtainToken(provider, scopes, limits)),
        limits.deadlineMs - now(),
      );

    const held = heldUnlessRejected(key, startedAtMs, request.rejectedTokenSha256);
    if (held === undefined) return exchange(key, load, deadlineMs);
    const isDue = held.refreshAtMs !== undefined && startedAtMs >= held.refreshAtMs;
    const isShort = remainingMs(held, startedAtMs) < request.minTtlSeconds * 1000;
    if (shouldRefresh(key, isShort, isDue)) return refresh(key, held, load, deadlineMs);
    const isOverdue = isDue && refreshPauses.remainingMs(key) > 0;
    return answer(held, isOverdue ? 'memory-stale' : 'memory', startedAtMs);
  };
}

/** A caller may ask for any of the allowed scopes; who asks for none gets the default ones. */
function chooseScopes(provider: Provider, asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) return provider.scopes.default;
  if (asked.every((scope) => provider.scopes.allowed.includes(scope))) return asked;
  throw new VendError('invalid_scope', 'This provider does not allow a scope that was asked for.');
}
