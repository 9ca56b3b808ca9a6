import { startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import {
  addSecret,
  type ContestantBackends,
  clientCredentials,
  startBenchTokenStore,
} from '../backends/contestant-environment.ts';
import { createCertificates } from './certificates.ts';
import { startDistantServer } from './distant-server.ts';

// The backends run in processes of their own, so that they answer while the benchmark starts processes.

export interface BackendAddresses {
  readonly loopback: ContestantBackends;
  /** The same servers behind TLS and a network. */
  readonly network: ContestantBackends;
  /** PEM of the authority that signed their certificate. */
  readonly authority: string;
}

async function start(roundTripMs: number): Promise<BackendAddresses> {
  const secretsManager = await startSecretsManager(addSecret(new SecretStore(Date.now)));
  // Contestants run one at a time: Prove's limit of requests per second has no part in this.
  const prove = await startProveServer({ ...clientCredentials, requestsPerSecond: 1_000 });
  const { tokenStore } = await startBenchTokenStore();
  const { authority, server } = await createCertificates();
  const distant = (url: string) => startDistantServer(url, { certificate: server, roundTripMs });
  return {
    loopback: { tokenUrl: prove.tokenUrl, secretsManagerUrl: secretsManager.url, tokenStore },
    network: {
      tokenUrl: `${await distant(prove.tokenUrl)}${new URL(prove.tokenUrl).pathname}`,
      secretsManagerUrl: await distant(secretsManager.url),
      tokenStore: { ...tokenStore, endpoint: await distant(tokenStore.endpoint) },
    },
    authority,
  };
}

process.on('disconnect', () => process.exit());
process.send?.(await start(Number(process.argv[2])));
