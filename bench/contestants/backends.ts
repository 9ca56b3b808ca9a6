import { startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import { addSecret, clientCredentials } from './bench-secret.ts';
import { contestantEnvironment } from './contestants.ts';

/** What contestants get their tokens from where it is not the getting that is measured. */
export interface Backends {
  /** The environment variables that lead there. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many tokens were issued. */
  readonly issued: number;
  close(): Promise<void>;
}

/** On loopback, with tokens that live a day: once obtained, they are in memory. */
export async function startBackends(): Promise<Backends> {
  const secretsManager = await startSecretsManager(addSecret(new SecretStore(Date.now)));
  const prove = await startProveServer({
    ...clientCredentials,
    tokenLifetimeSeconds: 86_400,
    requestsPerSecond: 1_000,
  });
  return {
    environment: contestantEnvironment({
      tokenUrl: prove.tokenUrl,
      secretsManagerUrl: secretsManager.url,
    }),
    get issued() {
      return prove.issued;
    },
    async close() {
      await Promise.all([prove.close(), secretsManager.close()]);
    },
  };
}
