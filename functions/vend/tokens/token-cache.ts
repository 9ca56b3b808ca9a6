import { TokenError } from '../../shared/runtime/errors.ts';
import type { Provider } from '../../shared/settings/provider-settings.ts';
import { type Obtain, type SlotClock, TokenSlot } from './token-slot.ts';

/** How many scope sets of one provider an instance serves at the same time, beside the default one. */
export const scopeSetLimit = 50;

/** Obtains a token of a provider for these scopes. */
export type ObtainFor = (provider: Provider, scopes: readonly string[]) => Obtain;

/**
 * The slots of all tokens that this instance holds. It is bounded per provider, and no token that still lives makes room for
 * another: one provider, one scope set, one caller cannot push out another's.
 */
export class TokenCache {
  readonly #providers = new Map<string, Map<string, TokenSlot>>();
  readonly #obtainFor: ObtainFor;
  readonly #clock: SlotClock;

  constructor(obtainFor: ObtainFor, clock: SlotClock) {
    this.#obtainFor = obtainFor;
    this.#clock = clock;
  }

  /**
   * The slot for everything that changes the answer. A provider's fixed parameters go with its name: they cannot change while
   * an instance lives. The version of the secret belongs to the token held, not to the slot (docs/decisions/0001).
   *
   * @param scopes sorted and without repeats
   * @throws TokenError `too_many_scope_sets`
   */
  slot(provider: Provider, scopes: readonly string[]): TokenSlot {
    let slots = this.#providers.get(provider.name);
    if (slots === undefined) {
      slots = new Map();
      this.#providers.set(provider.name, slots);
    }
    const key = scopes.join(' ');
    let slot = slots.get(key);
    if (slot === undefined) {
      const defaultKey = provider.scopes.default.join(' ');
      if (key !== defaultKey) makeRoom(slots, defaultKey, this.#clock.now());
      slot = new TokenSlot(this.#obtainFor(provider, scopes), this.#clock);
      slots.set(key, slot);
    }
    return slot;
  }
}

/** Forgets the slots in which nothing lives any more. @throws TokenError where too many are left */
function makeRoom(slots: Map<string, TokenSlot>, defaultKey: string, nowMs: number): void {
  if (slots.size < scopeSetLimit) return;
  let nextIdleMs = Number.POSITIVE_INFINITY;
  let live = 0;
  for (const [key, slot] of slots) {
    if (key === defaultKey) continue;
    const idleFromMs = slot.idleFromMs(nowMs);
    if (idleFromMs <= nowMs) slots.delete(key);
    else {
      live += 1;
      nextIdleMs = Math.min(nextIdleMs, idleFromMs);
    }
  }
  if (live < scopeSetLimit) return;
  throw new TokenError('too_many_scope_sets', { retryAfterSeconds: Math.ceil((nextIdleMs - nowMs) / 1000) });
}
