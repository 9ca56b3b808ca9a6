import type { Provider } from '../../shared/settings/provider-settings.ts';

/**
 * The cache key of a token: everything that changes the answer, in canonical order. Scopes are expected sorted and
 * without repeats. A provider's fixed parameters go with its name: they cannot change while an instance lives.
 *
 * The version of the secret is not part of it but of the cached token: a vend looks into the cache before it reads a
 * secret, and a token of the old version stays good until it expires or is refused.
 */
export function tokenKey(provider: Provider, sortedScopes: readonly string[]): string {
  return `${provider.name} ${sortedScopes.join(' ')}`;
}
