import type { Exchange } from '../shared/exchange/exchange.ts';
import { withTrialScopes } from '../shared/exchange/trial-scopes.ts';
import { TokenError } from '../shared/runtime/errors.ts';
import { type RetryDeps, withRetries } from '../shared/runtime/retry.ts';
import {
  type ClientCredentials,
  credentialsKind,
  parseClientCredentials,
} from '../shared/secrets/client-credentials.ts';
import type { Provider } from '../shared/settings/provider-settings.ts';
import type { VersionContent } from './secret-versions.ts';

export interface TestCredentialsDeps extends RetryDeps {
  readonly exchange: Exchange;
}

/**
 * Obtains a token from each provider with these credentials, exactly as a vend does, and drops it.
 *
 * @param deadlineMs wall clock, milliseconds since 1970
 * @throws TokenError of the first provider that gives no token
 */
export type TestCredentials = (
  providers: readonly Provider[],
  content: VersionContent,
  deadlineMs: number,
) => Promise<void>;

export function createTestCredentials({ exchange, ...retryDeps }: TestCredentialsDeps): TestCredentials {
  return async function testCredentials(providers, content, deadlineMs) {
    for (const provider of providers) {
      const credentials = parseContent(provider, content);
      await withTrialScopes(provider, (scopes) => {
        const attempt = () => exchange(provider, credentials, scopes, deadlineMs);
        return withWaits(() => withRetries(attempt, () => deadlineMs, retryDeps), deadlineMs, retryDeps);
      });
    }
  };
}

const maxWaits = 5;
/** The time that must be left for an exchange after a wait. */
const exchangeReserveMs = 1_000;

/** Waits each time the provider asks for it with `Retry-After`, at most five times, if time for an exchange is left. */
async function withWaits<Result>(
  attempt: () => Promise<Result>,
  deadlineMs: number,
  { now, random, sleep }: RetryDeps,
): Promise<Result> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await attempt();
    } catch (error) {
      const seconds = error instanceof TokenError ? error.retryAfterSeconds : undefined;
      if (seconds === undefined || waits === maxWaits) throw error;
      // Up to a second later than asked, at random: vending instances may wait for the same moment.
      const waitMs = seconds * 1000 + 1000 * random();
      if (now() + waitMs + exchangeReserveMs > deadlineMs) throw error;
      await sleep(waitMs);
    }
  }
}

/** @throws TokenError if the content is not what this provider needs */
export function parseContent(
  provider: Provider,
  { secretId, versionId, secretString }: VersionContent,
): ClientCredentials {
  return parseClientCredentials(secretId, versionId, secretString, credentialsKind(provider));
}
