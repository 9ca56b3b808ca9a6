import { startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import { addSecret, clientCredentials, contestantEnvironment } from './contestant-environment.ts';

/** A token server and a Secrets Manager for the parts that measure vends from memory. */
export interface SteadyBackends {
  /** Environment variables that point a contestant at them; its settings file goes into the folder. */
  environmentIn(taskRoot: string, logLevel?: 'info' | 'warn'): Readonly<Record<string, string>>;
  /** How many tokens were issued. */
  readonly issued: number;
  close(): Promise<void>;
}

/** Both on loopback. Tokens live for a day, so that a contestant which holds one never needs another. */
export async function startSteadyBackends(): Promise<SteadyBackends> {
  const secretsManager = await startSecretsManager(addSecret(new SecretStore(Date.now)));
  const prove = await startProveServer({
    ...clientCredentials,
    tokenLifetimeSeconds: 86_400,
    requestsPerSecond: 1_000,
  });
  return {
    environmentIn(taskRoot, logLevel = 'info') {
      const urls = { tokenUrl: prove.tokenUrl, secretsManagerUrl: secretsManager.url };
      return contestantEnvironment({ ...urls, logLevel }, taskRoot);
    },
    get issued() {
      return prove.issued;
    },
    async close() {
      await Promise.all([prove.close(), secretsManager.close()]);
    },
  };
}
