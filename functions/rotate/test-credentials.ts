import type { Exchange } from '../shared/exchange/exchange.ts';
import { type RetryDeps, withRetries } from '../shared/runtime/retry.ts';
import {
  type ClientCredentials,
  credentialsKind,
  parseClientCredentials,
} from '../shared/secrets/client-credentials.ts';
import type { Provider } from '../shared/settings/provider-settings.ts';
import type { StagedSecret } from './secret-versions.ts';

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
  staged: StagedSecret,
  deadlineMs: number,
) => Promise<void>;

export function createTestCredentials({ exchange, ...retryDeps }: TestCredentialsDeps): TestCredentials {
  return async function testCredentials(providers, staged, deadlineMs) {
    for (const provider of providers) {
      const credentials = parseStaged(provider, staged);
      const attempt = () => exchange(provider, credentials, provider.scopes.default, deadlineMs);
      await withRetries(attempt, deadlineMs, retryDeps);
    }
  };
}

/** @throws VendError where it is not what this provider needs */
export function parseStaged(
  provider: Provider,
  { secretId, versionId, secretString }: StagedSecret,
): ClientCredentials {
  return parseClientCredentials(secretId, versionId, secretString, credentialsKind(provider));
}
