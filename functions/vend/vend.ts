import { type AccessToken, remainingMs } from '../shared/exchange/access-token.ts';
import { asTokenError, isOutageReason, TokenError } from '../shared/runtime/errors.ts';
import type { Provider } from '../shared/settings/provider-settings.ts';
import { RequestError } from './http/errors.ts';
import type { VendRequest } from './http/request.ts';
import { withinMs } from './tokens/deadline.ts';
import type { RetryAfter } from './tokens/retry-after.ts';
import type { TokenCache } from './tokens/token-cache.ts';
import type { TokenSlot } from './tokens/token-slot.ts';

/** Where a vended token came from; the value of the `x-token-source` header. */
export type TokenSource = 'memory' | 'exchange' | 'refresh' | 'memory-stale' | 'shared';

/**
 * What became of a report; the value of the `x-token-rejection` header. `replaced`: the token held was the one reported, and
 * this is another. `unknown`: it was not. `kept`: it was, and this is it again.
 */
export type Rejection = 'replaced' | 'unknown' | 'kept';

export interface Vended {
  readonly kind: 'vended';
  readonly token: AccessToken;
  readonly source: TokenSource;
  readonly rejection: Rejection | undefined;
  /** Whole seconds left, rounded down; undefined where no expiry is known. */
  readonly expiresInSeconds: number | undefined;
  /** Why the token was not refreshed, when this vend tried to. */
  readonly refreshError: TokenError | undefined;
}

export interface VendDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly tokens: TokenCache;
  readonly retryAfter: RetryAfter;
  /** Milliseconds since 1970; never goes back. */
  readonly now: () => number;
}

/**
 * Answers a caller with a token: from memory without any I/O while it is young, refreshed inside this invocation once it is
 * due, from a new exchange when none is held.
 *
 * @throws RequestError, TokenError
 */
export type Vend = (request: VendRequest, times: VendTimes) => Promise<Vended>;

/** By the clock that never goes back, milliseconds since 1970. */
export interface VendTimes {
  readonly startedAtMs: number;
  /** When the answer has to be ready. */
  readonly deadlineMs: number;
}

/** A caller who refreshes while a valid token is held waits no longer than this. The exchange itself goes on. */
export const refreshTimeoutMs = 5_000;

export function createVend({ providers, tokens, retryAfter, now }: VendDeps): Vend {
  /** A new token, for a caller who cannot do without: it waits as long as it can, also for a provider that asks for a second. */
  async function obtain(
    { name }: Provider,
    slot: TokenSlot,
    deadlineMs: number,
    load: () => Promise<AccessToken>,
  ): Promise<AccessToken> {
    for (let hasWaited = false; ; hasWaited = true) {
      const leftMs = deadlineMs - now();
      if (leftMs <= 0) throw new TokenError('provider_timeout');
      try {
        return await withinMs(load(), leftMs);
      } catch (error) {
        if (slot.isWaitingForFleet(now())) throw new TokenError('fleet_exchange_running', { retryAfterSeconds: 1 });
        if (!isOutage(error) || !retryAfter.canWait(name, deadlineMs)) {
          if (hasWaited) retryAfter.waitedInVain(name);
          throw error;
        }
      }
      await retryAfter.waitOut(name);
    }
  }

  /** For a caller for whom there is none, or one in its last seconds: that is better than none. */
  async function exchange(provider: Provider, slot: TokenSlot, minTtlMs: number, deadlineMs: number): Promise<Vended> {
    if (slot.getExpiring(now()) !== undefined) {
      try {
        const loaded = slot.load(minTtlMs);
        return answerNew(await withinMs(loaded, Math.min(deadlineMs - now(), refreshTimeoutMs)), 'exchange', now());
      } catch (error) {
        const expiring = slot.getExpiring(now());
        if (expiring !== undefined) return answer(expiring, 'memory-stale', now(), asTokenError(error));
      }
    }
    return answerNew(await obtain(provider, slot, deadlineMs, () => slot.load(minTtlMs)), 'exchange', now());
  }

  async function refresh(slot: TokenSlot, held: AccessToken, minTtlMs: number, deadlineMs: number): Promise<Vended> {
    try {
      const token = await withinMs(slot.load(minTtlMs), Math.min(deadlineMs - now(), refreshTimeoutMs));
      return slot.isLeftToFleet(now()) ? answer(token, 'memory', now()) : answerNew(token, 'refresh', now());
    } catch (error) {
      // The token held is good: this caller does not pay for what went wrong.
      return answer(held, 'memory-stale', now(), asTokenError(error));
    }
  }

  async function vendFromSlot(
    provider: Provider,
    slot: TokenSlot,
    minTtlSeconds: number,
    { startedAtMs, deadlineMs }: VendTimes,
  ): Promise<Vended> {
    const held = slot.get(startedAtMs);
    const minTtlMs = minTtlSeconds * 1000;
    if (held === undefined) return exchange(provider, slot, minTtlMs, deadlineMs);
    const isDue = held.refreshAtMs !== undefined && startedAtMs >= held.refreshAtMs;
    if (shouldRefresh(slot, held, isDue, minTtlMs, startedAtMs)) return refresh(slot, held, minTtlMs, deadlineMs);
    const isOverdue = isDue && slot.isCoolingDown(startedAtMs);
    return answer(held, isOverdue ? 'memory-stale' : 'memory', startedAtMs);
  }

  /** The reporter gets another token, or the error; everyone else is answered with the token held until there is another. */
  async function vendReported(
    provider: Provider,
    slot: TokenSlot,
    { minTtlSeconds }: VendRequest,
    fingerprint: string,
    times: VendTimes,
  ): Promise<Vended> {
    if (slot.getExpiring(times.startedAtMs)?.fingerprint !== fingerprint) {
      slot.avoid(fingerprint);
      const vended = await vendFromSlot(provider, slot, minTtlSeconds, times);
      return { ...vended, rejection: vended.token.fingerprint === fingerprint ? 'kept' : 'unknown' };
    }
    const held = slot.get(times.startedAtMs);
    if (held !== undefined && !slot.canReplace(times.startedAtMs)) {
      return { ...answer(held, 'memory', times.startedAtMs), rejection: 'kept' };
    }
    const token = await obtain(provider, slot, times.deadlineMs, () => slot.replace(fingerprint));
    const rejection = token.fingerprint === fingerprint ? 'kept' : 'replaced';
    return { ...answerNew(token, 'exchange', now()), rejection };
  }

  return async function vend(request, times) {
    const provider = providers.get(request.provider);
    if (provider === undefined) throw new RequestError('unknown_provider');
    const slot = tokens.slot(provider, chooseScopes(provider, request.scopes));
    const { rejectedTokenSha256 } = request;
    return rejectedTokenSha256 === undefined
      ? vendFromSlot(provider, slot, request.minTtlSeconds, times)
      : vendReported(provider, slot, request, rejectedTokenSha256, times);
  };
}

/** One caller refreshes; only one who needs a longer life waits for a refresh that is running. */
function shouldRefresh(slot: TokenSlot, held: AccessToken, isDue: boolean, minTtlMs: number, nowMs: number): boolean {
  const isShort = remainingMs(held, nowMs) < minTtlMs;
  if (!isShort && !isDue) return false;
  if (slot.isLoading(nowMs)) return isShort;
  if (slot.isCoolingDown(nowMs) || slot.isLeftToFleet(nowMs)) return false;
  return isDue || slot.tryRefreshFor(minTtlMs, nowMs);
}

/** @param source where this instance obtained it itself */
function answerNew(token: AccessToken, source: TokenSource, nowMs: number): Vended {
  return answer(token, token.sharedLifetimeMs === undefined ? source : 'shared', nowMs);
}

function answer(token: AccessToken, source: TokenSource, nowMs: number, refreshError?: TokenError): Vended {
  const leftMs = remainingMs(token, nowMs);
  if (leftMs < 1000) throw new TokenError('token_already_expired');
  const expiresInSeconds = token.expiresAtMs === undefined ? undefined : Math.floor(leftMs / 1000);
  return { kind: 'vended', token, source, rejection: undefined, expiresInSeconds, refreshError };
}

function isOutage(error: unknown): boolean {
  return error instanceof TokenError && isOutageReason(error.reason);
}

/** A caller may ask for any of the allowed scopes. One who asks for none gets the default ones. */
function chooseScopes(provider: Provider, asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) return provider.scopes.default;
  if (asked.every((scope) => provider.scopes.allowed.includes(scope))) return asked;
  throw new RequestError('scope_not_allowed');
}
