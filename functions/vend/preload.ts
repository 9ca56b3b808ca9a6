import { withTrialScopes } from '../shared/exchange/trial-scopes.ts';
import type { Log } from '../shared/runtime/log.ts';
import type { Provider } from '../shared/settings/provider-settings.ts';
import { asVendError, errorFields } from './http/errors.ts';
import type { Vend } from './vend.ts';

export interface PreloadDeps {
  readonly providers: Iterable<Provider>;
  readonly vend: Vend;
  readonly log: Log;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Obtains a token of each provider, all at once, so that an instance which is kept warm starts with them: with the default
 * scopes or, where the provider gives none for those, with the first allowed scope that works. What cannot be had within
 * `preloadTimeoutMs` is left to the first vend; nothing is thrown.
 */
export type Preload = () => Promise<void>;

/** Lambda gives an instance 10 s to start. */
export const preloadTimeoutMs = 5_000;

export function createPreload({ providers, vend, log, now }: PreloadDeps): Preload {
  async function preloadOne({ name: provider, scopes }: Provider): Promise<void> {
    const startedAtMs = now();
    const milliseconds = () => Math.round(now() - startedAtMs);
    const request = { kind: 'vend', provider, minTtlSeconds: 0, rejectedTokenSha256: undefined } as const;
    const times = { startedAtMs, deadlineMs: startedAtMs + preloadTimeoutMs };
    try {
      const { token } = await withTrialScopes({ scopes }, (tried) => vend({ ...request, scopes: tried }, times));
      const { fingerprint, secretVersionId: secretVersion } = token;
      log({ level: 'info', message: 'preload', provider, fingerprint, secretVersion, milliseconds: milliseconds() });
    } catch (error) {
      const fields = errorFields(asVendError(error));
      log({ level: 'warn', message: 'preload', provider, milliseconds: milliseconds(), ...fields });
    }
  }
  return async function preload() {
    await Promise.all([...providers].map(preloadOne));
  };
}
