import type { ClientCredentials } from '../shared/client-credentials.ts';
import type { Exchange } from '../shared/exchange.ts';
import type { Provider } from '../shared/provider-settings.ts';
import { type RetryDeps, withRetries } from '../shared/retry.ts';

export interface TestCredentialsDeps extends RetryDeps {
  readonly exchange: Exchange;
}

/**
 * Obtains a token with these credentials from each provider, exactly as a vend does, and lets go of it.
 *
 * @param deadlineMs wall clock, milliseconds since 1970
 * @throws VendError of the first provider that gives none
 */
export type TestCredentials = (
  providers: readonly Provider[],
  credentials: ClientCredentials,
  deadlineMs: number,
) => Promise<void>;

export function createTestCredentials({ exchange, ...retryDeps }: TestCredentialsDeps): TestCredentials {
  return async function testCredentials(providers, credentials, deadlineMs) {
    for (const provider of providers) {
      const attempt = () => exchange(provider, credentials, provider.scopes.default, deadlineMs);
      await withRetries(attempt, deadlineMs, retryDeps);
    }
  };
}
