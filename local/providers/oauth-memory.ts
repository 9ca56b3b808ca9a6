import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider';

/**
 * What the local OAuth server has to remember: its clients, and the client assertions that it has seen (`ReplayDetection`)
 * until they expire. Nobody asks for its tokens again, so none is kept.
 */
export function createOauthMemory(clients: readonly ClientMetadata[]): (model: string) => Adapter {
  // Not in the provider's own settings: it copies those with structuredClone, and under jest the copies are objects of
  // another realm, which it does not recognize as objects.
  const clientsById = new Map<string, AdapterPayload>(clients.map((client) => [client.client_id, client]));
  const assertions = createExpiringMap();
  return (model) => ({
    async upsert(id, payload, expiresInSeconds = 0) {
      if (model === 'ReplayDetection') assertions.set(id, payload, expiresInSeconds);
    },
    find: async (id) => (model === 'Client' ? clientsById.get(id) : assertions.get(id)),
    findByUserCode: async () => undefined,
    findByUid: async () => undefined,
    consume: async () => {},
    destroy: async () => {},
    revokeByGrantId: async () => {},
  });
}

function createExpiringMap() {
  const entries = new Map<string, { readonly payload: AdapterPayload; readonly expiresAtMs: number }>();
  return {
    get: (id: string) => entries.get(id)?.payload,
    set(id: string, payload: AdapterPayload, expiresInSeconds: number): void {
      const nowMs = Date.now();
      for (const [old, { expiresAtMs }] of entries) if (expiresAtMs <= nowMs) entries.delete(old);
      entries.set(id, { payload, expiresAtMs: nowMs + expiresInSeconds * 1000 });
    },
  };
}
