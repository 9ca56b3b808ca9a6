import { credentialsKind } from '../shared/client-credentials.ts';
import type { Provider } from '../shared/provider-settings.ts';
import type { SecretReader } from '../shared/secret-reader.ts';

/**
 * Begins to read the secret that the first caller will need, where there is only one provider. Waits for nothing: what does
 * not come, or fails, is left to the first vend, which joins a read that is still running.
 */
export type Prefetch = () => void;

export function createPrefetch(providers: ReadonlyMap<string, Provider>, secrets: SecretReader): Prefetch {
  return function prefetch() {
    const [provider, ...others] = providers.values();
    if (provider === undefined || others.length > 0) return;
    secrets.read(provider.secretId, credentialsKind(provider)).catch(() => {});
  };
}
