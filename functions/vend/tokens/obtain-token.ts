import type { AccessToken } from '../../shared/exchange/access-token.ts';
import type { Exchange, ExchangedToken } from '../../shared/exchange/exchange.ts';
import { VendError } from '../../shared/runtime/errors.ts';
import { type RetryDeps, withRetries } from '../../shared/runtime/retry.ts';
import { type ClientCredentials, credentialsKind } from '../../shared/secrets/client-credentials.ts';
import type { SecretStage } from '../../shared/secrets/secret-stage.ts';
import type { Provider } from '../../shared/settings/provider-settings.ts';
import { Cooldown } from './cooldown.ts';
import { credentialSources } from './credential-sources.ts';
import { createPauses, type Limits } from './pauses.ts';
import type { SecretRead, SecretReader } from './secret-reader.ts';

export interface ObtainTokenDeps extends RetryDeps {
  readonly secrets: SecretReader;
  readonly exchange: Exchange;
  /** Opens a connection for the next request to this URL. */
  readonly connect: (url: string) => void;
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
 * account. A `Retry-After` is honoured in the same way; a patient caller waits out one of a second. What fails for a
 * moment is tried again, unless the provider has been failing.
 *
 * @throws VendError
 */
export type ObtainToken = (provider: Provider, scopes: readonly string[], limits: Limits) => Promise<AccessToken>;

interface ExchangeRequest {
  readonly provider: Provider;
  readonly credentials: ClientCredentials;
  readonly scopes: readonly string[];
}

export const refusalMemoryMs = 30_000;
/** Within this time after a provider has failed, an exchange is tried once, and for `troubledTimeoutMs` at most. */
export const troubleMemoryMs = 30_000;
/** So that callers of a provider that hangs get the truth quickly, and do not keep their instance from others. */
export const troubledTimeoutMs = 5_000;

export function createObtainToken(deps: ObtainTokenDeps): ObtainToken {
  const { secrets, exchange, connect, onFallback, now } = deps;
  const refusals = new Cooldown(now);
  const pauses = createPauses(deps);
  const troubles = new Cooldown(now);

  /** As soon as the provider may be asked, and again as long as it says to come back in a moment. */
  async function exchangeWhenAllowed(request: ExchangeRequest, limits: Limits): Promise<ExchangedToken> {
    const { provider, credentials, scopes } = request;
    for (;;) {
      await pauses.waitOut(provider.name, limits);
      try {
        return await exchange(provider, credentials, scopes, limits.deadlineMs);
      } catch (error) {
        const pauseSeconds = error instanceof VendError ? error.retryAfterSeconds : undefined;
        if (pauseSeconds === undefined) throw error;
        pauses.start(provider.name, pauseSeconds);
        if (!pauses.isBearable(provider.name, limits)) throw error;
      }
    }
  }

  async function exchangeWithRetries(request: ExchangeRequest, limits: Limits): Promise<ExchangedToken> {
    const { name } = request.provider;
    const isTroubled = troubles.remainingMs(name) > 0;
    const deadlineMs = isTroubled ? Math.min(limits.deadlineMs, now() + troubledTimeoutMs) : limits.deadlineMs;
    const attempt = () => exchangeWhenAllowed(request, { ...limits, deadlineMs });
    try {
      return await (isTroubled ? attempt() : withRetries(attempt, deadlineMs, deps));
    } catch (error) {
      if (isTrouble(error)) troubles.start(name, troubleMemoryMs);
      throw error;
    }
  }

  /** Undefined when the provider refuses this version of the credentials, now or within the last 30 s. */
  async function exchangeUnlessRefused(request: ExchangeRequest, limits: Limits): Promise<ExchangedToken | undefined> {
    const { provider, credentials } = request;
    // By provider too: another provider may accept the same secret.
    const refusalKey = `${provider.name} ${credentials.versionId}`;
    if (refusals.remainingMs(refusalKey) > 0) return undefined;
    try {
      return await exchangeWithRetries(request, limits);
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

  return async function obtainToken(provider, scopes, limits) {
    // Before the secret is read, too: it would be read for nothing.
    pauses.assertBearable(provider.name, limits);
    if (!secrets.isInMemory(provider.secretId, credentialsKind(provider))) connect(provider.tokenUrl);
    const startedAtMs = now();
    let secretMs: number | undefined;
    for (const readNext of credentialSources) {
      const read = await readNext(secrets, provider);
      if (read === undefined) continue;
      if (read.readMs !== undefined) secretMs = (secretMs ?? 0) + read.readMs;
      const request = { provider, credentials: read.credentials, scopes };
      const token = await exchangeUnlessRefused(request, limits);
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

/** A provider that has said when to come back is looked after by the pause. */
function isTrouble(error: unknown): boolean {
  if (!(error instanceof VendError) || error.retryAfterSeconds !== undefined) return false;
  return error.code === 'temporarily_unavailable' || error.code === 'provider_timeout';
}
