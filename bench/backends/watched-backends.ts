import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import type { TokenStore } from '../../local/token-table/token-store.ts';
import { addSecret, clientCredentials, contestantEnvironment } from './contestant-environment.ts';
import { type Forwarded, instanceOf, respond, startFaultProxy } from './fault-proxy.ts';

/** Is told of everything that instances ask for. */
export interface BackendWatch {
  exchangeAsked(instance: string): void;
  /** Just before the answer is sent. */
  exchangeAnswered(instance: string, answer: Forwarded): void;
  secretRead(): void;
}

export interface WatchedBackends {
  /** The environment variables of an instance, by which the watch knows which instance asks. */
  environmentOf(instance: string): Record<string, string>;
  close(): Promise<void>;
}

export interface WatchedBackendOptions {
  readonly watch: BackendWatch;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  readonly requestsPerSecond: number;
  readonly tokenLifetimeSeconds: number;
  /** How long the provider takes for each answer, of the wall clock; 0 unless given. */
  readonly answersAfterMs?: number;
  /** The provider knows another secret than the one that instances read. */
  readonly isSecretWrong?: boolean;
  /** Through which the instances share tokens. They then have one token URL, and the watch hears of `fleet`. */
  readonly tokenStore?: TokenStore | undefined;
  /** Takes the settings of the instances, a folder for each. */
  readonly directory: string;
}

/** Prove's token server and a Secrets Manager on loopback. */
export async function startWatchedBackends(options: WatchedBackendOptions): Promise<WatchedBackends> {
  const { watch, directory, tokenStore, answersAfterMs = 0, isSecretWrong = false, ...limits } = options;
  const secretsManager = await startSecretsManager(createWatchedStore(options));
  const clientSecret = isSecretWrong ? 'another' : clientCredentials.clientSecret;
  const prove = await startProveServer({ ...clientCredentials, clientSecret, ...limits });
  const proxy = await startFaultProxy(new URL(prove.tokenUrl).origin, async ({ path, response, forward }) => {
    const instance = instanceOf(path);
    watch.exchangeAsked(instance);
    const answer = await forward();
    if (answersAfterMs > 0) await setTimeout(answersAfterMs);
    watch.exchangeAnswered(instance, answer);
    respond(response, answer);
  });
  return {
    environmentOf: (instance) =>
      contestantEnvironment(
        {
          tokenUrl: `${proxy.url}/${tokenStore === undefined ? instance : 'fleet'}/token`,
          secretsManagerUrl: secretsManager.url,
          tokenStore,
        },
        join(directory, instance),
      ),
    async close() {
      await Promise.all([proxy.close(), prove.close(), secretsManager.close()]);
    },
  };
}

function createWatchedStore({ watch, now }: WatchedBackendOptions): SecretStore {
  class WatchedStore extends SecretStore {
    override GetSecretValue(input: Parameters<SecretStore['GetSecretValue']>[0]): object {
      watch.secretRead();
      return super.GetSecretValue(input);
    }
  }
  return addSecret(new WatchedStore(now));
}
