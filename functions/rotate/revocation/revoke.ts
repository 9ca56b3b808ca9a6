import { TokenError } from '../../shared/runtime/errors.ts';
import { type RetryDeps, withRetries } from '../../shared/runtime/retry.ts';
import type { ClientCredentials } from '../../shared/secrets/client-credentials.ts';
import type { Provider } from '../../shared/settings/provider-settings.ts';
import { RotationError } from '../rotation-error.ts';
import { findVersion } from '../secret-labels.ts';
import type { SecretVersions } from '../secret-versions.ts';
import { parseContent } from '../test-credentials.ts';
import type { RevocationEvent } from './revocation-event.ts';
import { createTokenEndpoints, type Introspection, type TokenEndpointsDeps } from './token-endpoints.ts';

export interface RevokeDeps extends TokenEndpointsDeps, RetryDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly versions: SecretVersions;
}

/**
 * What the provider has said. A token counts as revoked only if it was active before and is not any more: an introspection
 * endpoint also calls a token inactive that it does not know or will not talk about (RFC 7662 §2.2).
 */
export interface Revocation {
  /** Its answer to the revocation. PipesHub says `accepted` even where nothing was revoked. */
  readonly answer: 'accepted' | 'unsupported';
  /** Undefined where the provider could not be asked. */
  readonly wasActive: boolean | undefined;
  readonly isActive: boolean | undefined;
  /** Of the token, space-separated, if the provider has said. */
  readonly scope: string | undefined;
}

/**
 * Revokes a token at the provider, with the client credentials that the provider accepts.
 *
 * @param deadlineMs by `now`
 * @throws RotationError `no_provider` or `no_revocation_url`; TokenError if the provider or Secrets Manager is the cause
 */
export type Revoke = (event: RevocationEvent, deadlineMs: number) => Promise<Revocation>;

const stages = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'] as const;
/** Some providers' introspection answers from a cache for a moment. */
const asksAfterwards = 3;
const askAgainAfterMs = 1_000;

export function createRevoke(deps: RevokeDeps): Revoke {
  const { providers, versions, sleep } = deps;

  /** In the order in which a vend would try them, read one after the other. */
  async function* credentialsOf(provider: Provider): AsyncGenerator<ClientCredentials> {
    const secret = await versions.describe(provider.secretId);
    for (const stage of stages) {
      const versionId = findVersion(secret, stage);
      const content = versionId && (await versions.read(provider.secretId, versionId, stage));
      if (!content) continue;
      try {
        yield parseContent(provider, content);
      } catch (error) {
        // A staged version that is of no use must not stop the search.
        if (stage === 'AWSCURRENT') throw error;
      }
    }
  }

  async function revokeWith(
    provider: Provider & { readonly revocationUrl: string },
    credentials: ClientCredentials,
    token: string,
    deadlineMs: number,
  ): Promise<Revocation> {
    const endpoints = createTokenEndpoints(provider, deps);
    const retried = <Result>(attempt: () => Promise<Result>) => withRetries(attempt, () => deadlineMs, deps);
    const introspect = () =>
      retried(() => endpoints.introspect(credentials, token, deadlineMs)).catch(unknownUnlessRefused);
    const before = await introspect();
    const answer = await retried(() => endpoints.revoke(credentials, token, deadlineMs));
    let after = await introspect();
    for (let asked = 1; after?.isActive === true && answer === 'accepted' && asked < asksAfterwards; asked += 1) {
      await sleep(askAgainAfterMs);
      after = await introspect();
    }
    return { answer, wasActive: before?.isActive, isActive: after?.isActive, scope: before?.scope };
  }

  return async function revoke({ provider: name, token }, deadlineMs) {
    const provider = providers.get(name);
    if (provider === undefined)
      throw new RotationError('no_provider', 'The function’s settings have no such provider.');
    const { revocationUrl } = provider;
    if (revocationUrl === undefined) {
      throw new RotationError(
        'no_revocation_url',
        'The provider’s settings have no revocationUrl. Deploy those that do.',
      );
    }
    for await (const credentials of credentialsOf(provider)) {
      try {
        return await revokeWith({ ...provider, revocationUrl }, credentials, token, deadlineMs);
      } catch (error) {
        if (!(error instanceof TokenError) || error.reason !== 'credentials_refused') throw error;
      }
    }
    throw new TokenError('credentials_refused', { details: { secretId: provider.secretId } });
  };
}

/** An introspection that fails must not keep a token from being revoked. Other credentials may help where these are refused. */
function unknownUnlessRefused(error: unknown): Introspection | undefined {
  if (error instanceof TokenError && error.reason !== 'credentials_refused') return undefined;
  throw error;
}
