import { randomBytes } from 'node:crypto';
import { listenOnLoopback } from '../../../local/loopback-server.ts';
import { type LocalProviders, parseProvidersFile } from '../../../local/providers/providers.ts';

/** What a provider of the scenarios is like. */
export const providerKinds = {
  plain: { expires_in: 3600, scope: 'api:read' },
  short: { expires_in: 20 },
  endless: {},
  refusing: undefined,
} as const;

export type ProviderKind = keyof typeof providerKinds;

export interface ScenarioProviders {
  /** Every token that was ever issued. */
  readonly issued: readonly string[];
  readonly start: () => Promise<LocalProviders>;
}

const scopes = { default: ['api:read'], allowed: ['api:read', 'api:write'] };

/** A token server with as many providers as there are names; a name begins with its kind. */
export function createScenarioProviders(names: readonly string[]): ScenarioProviders {
  const issued: string[] = [];

  async function start(): Promise<LocalProviders> {
    const server = await listenOnLoopback(async (request, response) => {
      const kind = /^\/(\w+)/.exec(request.url ?? '')?.[1] as ProviderKind;
      const fields = providerKinds[kind];
      response.setHeader('content-type', 'application/json');
      if (fields === undefined) return void response.writeHead(401).end('{"error":"invalid_client"}');
      const access_token = randomBytes(48).toString('base64url');
      issued.push(access_token);
      response.end(JSON.stringify({ access_token, token_type: 'bearer', ...fields }));
    });
    const settings = (name: string) => ({
      tokenUrl: `${server.url}/${name}/token`,
      scopes,
      secret: { client_id: 'scenarios', client_secret: 'of-the-scenarios' },
    });
    const { byName } = parseProvidersFile(
      JSON.stringify(Object.fromEntries(names.map((name) => [name, settings(name)]))),
    );
    return { byName, close: server.close };
  }

  return { issued, start };
}
