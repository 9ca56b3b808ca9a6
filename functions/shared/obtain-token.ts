import type { AccessToken } from './access-token.ts';
import { type ClientCredentials, credentialsKind } from './client-credentials.ts';
import { Cooldown } from './cooldown.ts';
import { credentialSources } from './credential-sources.ts';
import { VendError } from './errors.ts';
import type { Exchange, ExchangedToken } from './exchange.ts';
import type { Provider } from './provider-settings.ts';
import { type RetryDeps, withRetries } from './retry.ts';
import type { SecretRead, SecretReader } from './secret-reader.ts';
import type { SecretStage } from './secret-stage.ts';

export interface ObtainTokenDeps extends RetryDeps {
  readonly secrets: SecretReader;
  readonly exchange: Exchange;
  /** Told of each token that was obtained with another version than AWSCURRENT. */
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
 * A version of the secret that the provider refuses is remembered for 30 s and not tried within them. The secret is then
 * read afresh, and the first version that is not remembered is tried at once: AWSCURRENT, AWSPENDING (a rotation that has
 * not finished), AWSPREVIOUS (a promotion that was a mistake). One that works serves until the secret is next read. Where
 * there is none, the refusal stands without a further request, so that nobody hammers the provider into locking the
 * account. A `Retry-After` is honoured in the same way. What fails for a moment is tried again, unless the provider has
 * been failing.
 *
 * @param deadlineMs wall clock, milliseconds since 1970
 * @throws VendError
 */
export type ObtainToken = (provider: Provider, scopes: readonly string[], deadlineMs: number) => Promise<AccessToken>;

export const refusalMemoryMs = 30_000;
/** Within this time after a provider has failed, an exchange is tried once, and for `troubledTimeoutMs` at most. */
export const troubleMemoryMs = 30_000;
/** So that callers of a provider that hangs get the truth quickly, and do not keep their instance from others. */
export const troubledTimeoutMs = 5_000;

export function createObtainToken({ secrets, exchange, onFallback, ...retryDeps }: ObtainTokenDeps): ObtainToken {
  const { now } = retryDeps;
  const refusals = new Cooldown(now);
  const pauses = new Cooldown(now);
  const troubles = new Cooldown(now);

  function throwIfPaused(provider: Provider): void {
    const pausedMs = pauses.remainingMs(provider.name);
    if (pausedMs === 0) return;
    throw new VendError('temporarily_unavailable', 'The provider asked to be left alone; try again later.', {
      retryAfterSeconds: Math.ceil(pausedMs / 1000),
      reason: 'provider_paused',
    });
  }

  async function tryExchange(...[provider, ...rest]: Parameters<Exchange>): Promise<ExchangedToken> {
    // Before each try: meanwhile an exchange for other scopes may have been asked to wait.
    throwIfPaused(provider);
    try {
      return await exchange(provider, ...rest);
    } catch (error) {
      const pauseSeconds = error instanceof VendError ? error.retryAfterSeconds : undefined;
      if (pauseSeconds !== undefined) pauses.start(provider.name, pauseSeconds * 1000);
      throw error;
    }
  }

  async function exchangeWithRetries(
    ...[provider, credentials, scopes, deadlineMs]: Parameters<Exchange>
  ): Promise<ExchangedToken> {
    const isTroubled = troubles.remainingMs(provider.name) > 0;
    const untilMs = isTroubled ? Math.min(deadlineMs, now() + troubledTimeoutMs) : deadlineMs;
    const attempt = () => tryExchange(provider, credentials, scopes, untilMs);
    try {
      return await (isTroubled ? attempt() : withRetries(attempt, untilMs, retryDeps));
    } catch (error) {
      const code = error instanceof VendError ? error.code : undefined;
      const isTrouble = code === 'temporarily_unavailable' || code === 'provider_timeout';
      if (isTrouble) troubles.start(provider.name, troubleMemoryMs);
      throw error;
    }
  }

  /** Undefined when the provider refuses this version of the credentials, now or within the last 30 s. */
  async function exchangeUnlessRefused(
    provider: Provider,
    credentials: ClientCredentials,
    scopes: readonly string[],
    deadlineMs: number,
  ): Promise<ExchangedToken | undefined> {
    // By provider too: another provider may accept the same secret.
    const refusalKey = `${provider.name} ${credentials.versionId}`;
    if (refusals.remainingMs(refusalKey) > 0) return undefined;
    try {
      return await exchangeWithRetries(provider, credentials, scopes, deadlineMs);
    } catch (error) {
      if (!(error instanceof VendError) || error.code !== 'provider_rejected_credentials') throw error;
      refusals.start(refusalKey, refusalMemoryMs);
      return undefined;
    }
  }

  function settle(provider: Provider, read: SecretRead): void {
    const { credentials, stage } = read;
    if (stage === 'AWSCURRENT') return;
    secrets.keep(provider.secretId, credentialsKind(provider), read);
    onFallback({ provider: provider.name, stage, secretVersion: credentials.versionId });
  }

  return async function obtainToken(provider, scopes, deadlineMs) {
    // Before the secret is read, too: it would be read for nothing.
    throwIfPaused(provider);
    const startedAtMs = now();
    let secretMs: number | undefined;
    for (const readNext of credentialSources) {
      const read = await readNext(secrets, provider);
      if (read === undefined) continue;
      if (read.readMs !== undefined) secretMs = (secretMs ?? 0) + read.readMs;
      const token = await exchangeUnlessRefused(provider, read.credentials, scopes, deadlineMs);
      if (token !== undefined) {
        settle(provider, read);
        return { ...token, obtainedIn: { secretMs, exchangeMs: now() - startedAtMs - (secretMs ?? 0) } };
      }
    }
    throw new VendError('provider_rejected_credentials', 'The provider refused the client credentials.', {
      reason: 'credentials_refused',
      details: { secretId: provider.secretId },
    });
  };
}
