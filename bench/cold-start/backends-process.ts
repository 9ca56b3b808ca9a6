import { startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import { createCertificates } from '../../test/support/certificates.ts';
import { addSecret, clientCredentials } from '../contestants/bench-secret.ts';
import type { ContestantBackends } from '../contestants/contestants.ts';
import { startDistantServer } from './distant-server.ts';

// Both backends in a process of their own, so that they answer while the benchmark starts processes and counts.

export interface BackendAddresses {
  readonly loopback: ContestantBackends;
  /** The same two servers behind TLS and a network. */
  readonly network: ContestantBackends;
  /** PEM of the authority that vouches for them. */
  readonly authority: string;
}

async function start(roundTripMs: number): Promise<BackendAddresses> {
  const secretsManager = await startSecretsManager(addSecret(new SecretStore(Date.now)));
  // What is measured is one process at a time: Prove's limit of requests a second is none of its business.
  const prove = await startProveServer({ ...clientCredentials, requestsPerSecond: 1_000 });
  const { authority, server } = await createCertificates();
  const distant = (url: string) => startDistantServer(url, { certificate: server, roundTripMs });
  return {
    loopback: { tokenUrl: prove.tokenUrl, secretsManagerUrl: secretsManager.url },
    network: {
      tokenUrl: `${await distant(prove.tokenUrl)}${new URL(prove.tokenUrl).pathname}`,
      secretsManagerUrl: await distant(secretsManager.url),
    },
    authority,
  };
}

process.on('disconnect', () => process.exit());
process.send?.(await start(Number(process.argv[2])));
