import { setTimeout } from 'node:timers/promises';
import { type ProveServer, startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import { addSecret, clientCredentials } from '../backends/contestant-environment.ts';
import { type FaultProxy, instanceOf, startFaultProxy } from '../backends/fault-proxy.ts';
import type { Account } from './accounting.ts';
import { answerRedirected, createProviderFaults, secretsFaults } from './backend-faults.ts';
import type { Phase } from './script.ts';

/** A contestant's own token server and Secrets Manager, each behind a proxy that follows the script. */
export interface Backends {
  readonly providerUrl: string;
  readonly secretsManagerUrl: string;
  enter(phase: Phase): Promise<void>;
  close(): Promise<void>;
}

export interface BackendOptions {
  readonly account: Account;
  readonly tokenLifetimeSeconds: number;
  /** The fast clock, and how many times as fast it runs. */
  readonly now: () => number;
  readonly speed: number;
}

export async function startBackends(options: BackendOptions): Promise<Backends> {
  const { account, tokenLifetimeSeconds, now, speed } = options;
  const secretsManager = await startSecretsManager(addSecret(new SecretStore(Date.now)));
  const prove = await startProveServer({ ...clientCredentials, tokenLifetimeSeconds, now });
  let phase: Phase = { title: 'healthy', seconds: 0, provider: 'healthy', secrets: 'healthy' };

  const sleep = (ms: number) => setTimeout(ms / speed);
  const provider = await startProviderProxy(prove, createProviderFaults({ account, now, sleep }), () => phase, options);
  const secrets = await startFaultProxy(secretsManager.url, async (proxied) => {
    account.figures.secretReads += 1;
    await secretsFaults[phase.secrets](proxied);
  });
  return {
    providerUrl: provider.url,
    secretsManagerUrl: secrets.url,
    async enter(next) {
      phase = next;
      account.phaseEntered(next.provider === 'healthy' && next.secrets === 'healthy', now());
      await provider.setListening(next.provider !== 'refused');
    },
    async close() {
      await Promise.all([provider.close(), secrets.close(), prove.close(), secretsManager.close()]);
    },
  };
}

function startProviderProxy(
  prove: ProveServer,
  faults: ReturnType<typeof createProviderFaults>,
  phase: () => Phase,
  { account, now }: BackendOptions,
): Promise<FaultProxy> {
  return startFaultProxy(new URL(prove.tokenUrl).origin, async (proxied) => {
    const arrivedAtMs = now();
    if (answerRedirected(account, proxied)) return;
    account.exchangeTried(instanceOf(proxied.path), arrivedAtMs, proxied.form.get('scope') ?? '');
    await faults[phase().provider](proxied, arrivedAtMs);
  });
}
