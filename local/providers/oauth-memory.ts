import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider';
import { ExpiringMap } from './expiring-map.ts';

/**
 * What the local OAuth server has to remember: its clients and, until they expire, the client assertions that it has seen
 * (`ReplayDetection`) and its opaque tokens (`ClientCredentials`), which can be introspected and revoked.
 */
export function createOauthMemory(clients: readonly ClientMetadata[]): (model: string) => Adapter {
  // Not in the provider's own settings: it copies those with structuredClone, and under jest the copies are objects of
  // another realm, which it does not recognize as objects.
  const clientsById = new Map<string, AdapterPayload>(clients.map((client) => [client.client_id, client]));
  return (model) => {
    const payloads = new ExpiringMap<AdapterPayload>(Date.now);
    return {
      async upsert(id, payload, expiresInSeconds = 0) {
        payloads.set(id, payload, expiresInSeconds);
      },
      find: async (id) => (model === 'Client' ? clientsById.get(id) : payloads.get(id)),
      findByUserCode: async () => undefined,
      findByUid: async () => undefined,
      consume: async () => {},
      destroy: async (id) => payloads.delete(id),
      revokeByGrantId: async () => {},
    };
  };
}
