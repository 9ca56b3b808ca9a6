import type { Provider } from '../../shared/settings/provider-settings.ts';
import { refusalMemoryMs } from './back-off.ts';

export type Verdict = 'accepted' | 'refused';

interface Remembered {
  readonly verdict: Verdict;
  readonly untilMs: number;
}

const pruneAbove = 200;

/**
 * What a provider last said of one version of the client credentials with one scope set, for 30 s. By scope set, because a
 * client may be refused for a scope that it may not have; by provider, because another one may accept the same secret.
 */
export class ClientVerdicts {
  readonly #remembered = new Map<string, Remembered>();
  readonly #now: () => number;

  /** @param now milliseconds, never going back */
  constructor(now: () => number) {
    this.#now = now;
  }

  remember(provider: Provider, scopes: readonly string[], versionId: string, verdict: Verdict): void {
    if (this.#remembered.size >= pruneAbove) this.#prune();
    this.#remembered.set(keyOf(provider, scopes, versionId), { verdict, untilMs: this.#now() + refusalMemoryMs });
  }

  get(provider: Provider, scopes: readonly string[], versionId: string): Verdict | undefined {
    const remembered = this.#remembered.get(keyOf(provider, scopes, versionId));
    return remembered !== undefined && this.#now() < remembered.untilMs ? remembered.verdict : undefined;
  }

  #prune(): void {
    for (const [key, { untilMs }] of this.#remembered) if (untilMs <= this.#now()) this.#remembered.delete(key);
  }
}

function keyOf({ name }: Provider, scopes: readonly string[], versionId: string): string {
  return `${name} ${versionId} ${scopes.join(' ')}`;
}
