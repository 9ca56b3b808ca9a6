import type { AccessToken } from '../../shared/exchange/access-token.ts';
import type { Exchange, ExchangedToken } from '../../shared/exchange/exchange.ts';
import { TokenError } from '../../shared/runtime/errors.ts';
import { type RetryDeps, withRetries } from '../../shared/runtime/retry.ts';
import type { SecretStage } from '../../shared/secrets/client-credentials.ts';
import type { Provider } from '../../shared/settings/provider-settings.ts';
import type { ClientVerdicts } from './client-verdicts.ts';
import type { RetryAfter } from './retry-after.ts';
import type { SecretRead, SecretReader } from './secret-reader.ts';
import type { ObtainFor } from './token-cache.ts';

export interface ObtainTokenDeps extends RetryDeps {
  readonly secrets: SecretReader;
  readonly exchange: Exchange;
  readonly retryAfter: RetryAfter;
  readonly verdicts: ClientVerdicts;
  /** Opens a connection for the next request to this URL. */
  readonly connect: (url: string) => void;
  /** Obtains the token for the provider's default scopes. */
  readonly obtainDefault: (provider: Provider) => Promise<unknown>;
  /** Called for each token that was obtained with another version than AWSCURRENT. */
  readonly onFallback: (fallback: Fallback) => void;
}

export interface Fallback {
  readonly provider: string;
  readonly stage: Exclude<SecretStage, 'AWSCURRENT'>;
  readonly secretVersion: string;
}

/**
 * Obtains a new token: reads the client credentials and exchanges them.
 *
 * A version of the secret that the provider refuses with these scopes is not tried again for 30 s. The next version is tried
 * at once: AWSCURRENT as it is now, then AWSPENDING (a rotation that has not finished) and AWSPREVIOUS (a promotion that was a
 * mistake). The last two only where the provider refuses the client as such, not just a scope that it may not have. A
 * `Retry-After` is honoured for the provider as a whole.
 *
 * @throws TokenError
 */
export function createObtainToken(deps: ObtainTokenDeps): ObtainFor {
  const { secrets, exchange, retryAfter, verdicts, connect, obtainDefault, onFallback, now } = deps;

  async function exchangeNow(
    provider: Provider,
    { credentials }: SecretRead,
    scopes: readonly string[],
    deadlineMs: number,
  ): Promise<ExchangedToken> {
    retryAfter.assertOver(provider.name);
    try {
      const token = await exchange(provider, credentials, scopes, deadlineMs);
      retryAfter.clear(provider.name);
      verdicts.remember(provider, scopes, credentials.versionId, 'accepted');
      return token;
    } catch (error) {
      if (error instanceof TokenError) {
        if (error.retryAfterSeconds !== undefined) retryAfter.start(provider.name, error.retryAfterSeconds);
        if (error.reason === 'credentials_refused') {
          verdicts.remember(provider, scopes, credentials.versionId, 'refused');
        }
      }
      throw error;
    }
  }

  /** Whether the provider refuses this version as such: with the default scopes; where there are none, with those asked for. */
  async function isClientRefused(provider: Provider, scopes: readonly string[], versionId: string): Promise<boolean> {
    const defaults = provider.scopes.default;
    if (defaults.length === 0 || defaults.join(' ') === scopes.join(' ')) return true;
    if (verdicts.get(provider, defaults, versionId) === undefined) {
      // Whatever stops it, it is not known that the client is refused.
      await obtainDefault(provider).catch(() => undefined);
    }
    return verdicts.get(provider, defaults, versionId) === 'refused';
  }

  /** The versions to try, in order. What comes next is decided when the one before has been refused. */
  async function* versionsToTry(provider: Provider, scopes: readonly string[]): AsyncGenerator<SecretRead> {
    const held = await secrets.read(provider);
    yield held;
    const current = held.readMs === undefined ? await secrets.readAfresh(provider) : held;
    if (current.credentials.versionId !== held.credentials.versionId) yield current;
    if (!(await isClientRefused(provider, scopes, current.credentials.versionId))) return;
    for (const stage of ['AWSPENDING', 'AWSPREVIOUS'] as const) {
      const read = await secrets.readStage(provider, stage);
      if (read !== undefined) yield read;
    }
  }

  return (provider, scopes) =>
    async function obtainToken(deadline, isFirstTry): Promise<AccessToken> {
      // Before the secret is read, too: it would be read for nothing.
      retryAfter.assertOver(provider.name);
      if (!secrets.isInMemory(provider)) connect(provider.tokenUrl);
      const startedAtMs = now();
      let secretMs: number | undefined;
      for await (const read of versionsToTry(provider, scopes)) {
        const { credentials, stage, readMs } = read;
        if (readMs !== undefined) secretMs = (secretMs ?? 0) + readMs;
        if (verdicts.get(provider, scopes, credentials.versionId) === 'refused') continue;
        const attempt = () => exchangeNow(provider, read, scopes, deadline());
        try {
          // A provider that has just failed gets one request per try.
          const token = await (isFirstTry ? withRetries(attempt, deadline, deps) : attempt());
          if (stage !== 'AWSCURRENT') {
            onFallback({ provider: provider.name, stage, secretVersion: credentials.versionId });
          }
          return { ...token, obtainedIn: { secretMs, exchangeMs: now() - startedAtMs - (secretMs ?? 0) } };
        } catch (error) {
          if (!(error instanceof TokenError) || error.reason !== 'credentials_refused') throw error;
        }
      }
      throw new TokenError('credentials_refused', { details: { secretId: provider.secretId } });
    };
}
