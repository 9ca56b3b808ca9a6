import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../../local/loopback-server.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';

export type SecretsScript = (response: ServerResponse) => void;

export interface FaultySecretsManager {
  readonly url: string;
  /** How many reads of a secret it has received. */
  readonly reads: number;
  /** From now on every read gets this answer; undefined: the secret. Everything else always works. */
  failWith(script: SecretsScript | undefined): void;
  /** Does this once, just before the next request of this operation. */
  beforeNext(operation: string, action: () => Promise<void>): void;
  /** The next `reads` reads of AWSPENDING find no content, as can happen right after it was written. */
  hideValues(reads: number): void;
  close(): Promise<void>;
}

/** The local Secrets Manager behind a server that can fail. */
export async function startFaultySecretsManager(): Promise<FaultySecretsManager> {
  const store = await startSecretsManager();
  let reads = 0;
  let fault: SecretsScript | undefined;
  let hidden = 0;
  const actions = new Map<string, () => Promise<void>>();

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming, 1024 * 1024);
    const operation = String(incoming.headers['x-amz-target']).replace('secretsmanager.', '');
    const action = actions.get(operation);
    actions.delete(operation);
    await action?.();
    if (incoming.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
      reads += 1;
      if (fault !== undefined) return fault(response);
      if (hidden > 0 && body?.includes('AWSPENDING') === true) {
        hidden -= 1;
        return refuseSecret(400, 'ResourceNotFoundException')(response);
      }
    }
    const { authorization = '', 'x-amz-target': target = '' } = incoming.headers;
    const headers = { authorization, 'x-amz-target': String(target) };
    const request = { method: 'POST', headers, body: body ?? Buffer.alloc(0) };
    const answer = await fetch(store.url, request).catch(() => undefined);
    // A test may end during a read that its vend had no time to wait for.
    if (answer === undefined) return void response.destroy();
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  }

  const front = await listenOnLoopback(serve);
  return {
    url: front.url,
    get reads() {
      return reads;
    },
    failWith(script) {
      fault = script;
    },
    beforeNext: (operation, action) => actions.set(operation, action),
    hideValues(count) {
      hidden = count;
    },
    async close() {
      await Promise.all([front.close(), store.close()]);
    },
  };
}

/** Refuses as AWS does. */
export function refuseSecret(status: number, type: string, message = 'canary'): SecretsScript {
  return (response) => {
    response.writeHead(status, { 'x-amzn-errortype': type }).end(JSON.stringify({ __type: type, message }));
  };
}
