import type { ClientCredentials } from '../shared/secrets/client-credentials.ts';
import type { Provider } from '../shared/settings/provider-settings.ts';

/**
 * How new credentials come to be known to a provider: the second step of a rotation. Has to be safe to repeat.
 *
 * A provider with an API for it gets a strategy of its own here, and a key in its settings that chooses it.
 */
export type SetSecret = (provider: Provider, pending: ClientCredentials) => Promise<void>;

/** Nothing to do: an operator got the credentials from the provider itself, which has known them since. */
export const staged: SetSecret = async () => {};

export function chooseSetSecret(_provider: Provider): SetSecret {
  return staged;
}
