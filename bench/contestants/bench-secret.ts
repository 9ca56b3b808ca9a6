import type { SecretStore } from '../../local/secrets-manager/secret-store.ts';

/** The secret that every contestant reads. */
export const secretId = 'token-vending/bench/prove';

/** What is in it, as Prove's server is told. */
export const clientCredentials = { clientId: 'bench', clientSecret: 'bench' };

/** @returns the store, with the secret in it */
export function addSecret<Store extends SecretStore>(store: Store): Store {
  const { clientId: client_id, clientSecret: client_secret } = clientCredentials;
  store.CreateSecret({ Name: secretId, SecretString: JSON.stringify({ client_id, client_secret }) });
  return store;
}
