import type { Runtime } from '../clock.ts';
import type { Vend } from '../vend/vend.ts';
import { TokenSlot } from './token-slot.ts';

/** Made-up providers and scopes must not fill the memory. */
const maxSlots = 1_000;

/** The tokens of one client. Scopes are a set: their order and repeats do not matter. */
export class TokenCache {
  readonly #vend: Vend;
  readonly #runtime: Runtime;
  readonly #slots = new Map<string, TokenSlot>();
  /** The same by what callers wrote, so that a token in memory costs no sorting. */
  readonly #asWritten = new Map<string, TokenSlot>();

  constructor(vend: Vend, runtime: Runtime) {
    this.#vend = vend;
    this.#runtime = runtime;
  }

  /** @throws TypeError for what cannot be a provider's name */
  slotOf(provider: string, scope: string | undefined): TokenSlot {
    const written = scope === undefined ? provider : `${provider} ${scope}`;
    return this.#asWritten.get(written) ?? this.#findSlot(provider, scope ?? '', written);
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => slot.settled()));
  }

  #findSlot(provider: string, scope: string, written: string): TokenSlot {
    // `.` and `..` would be steps in a path.
    if (!/^[^\s/.]\S*$/.test(provider)) throw new TypeError('Give the name of a provider, such as "prove".');
    const scopes = [...new Set(scope.split(' ').filter((token) => token !== ''))].sort().join(' ');
    const key = `${provider} ${scopes}`;
    this.#makeRoom();
    const slot = this.#slots.get(key) ?? new TokenSlot({ provider, scope: scopes }, this.#vend, this.#runtime);
    this.#slots.set(key, slot);
    this.#asWritten.set(written, slot);
    return slot;
  }

  #makeRoom(): void {
    if (this.#asWritten.size < maxSlots) return;
    this.#asWritten.clear();
    for (const [key, slot] of this.#slots) if (slot.isIdle) this.#slots.delete(key);
  }
}
