import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../../local/loopback-server.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';

export type SecretsScript = (response: ServerResponse) => void;

export interface FaultySecretsManager {
  readonly url: string;
  /** How many reads of a secret have come in. */
  readonly reads: number;
  /** What every read is answered with from now on; undefined: the secret. Everything else always works. */
  failWith(script: SecretsScript | undefined): void;
  /** So many reads of AWSPENDING find a version without content, as for a moment after it was written. */
  hideValues(reads: number): void;
  close(): Promise<void>;
}

/** The local Secrets Manager behind a server that can fail. */
export async function startFaultySecretsManager(): Promise<FaultySecretsManager> {
  const store = await startSecretsManager();
  let reads = 0;
  let fault: SecretsScript | undefined;
  let hidden = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, 1024 * 1024);
    if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
      reads += 1;
      if (fault !== undefined) return fault(response);
      if (hidden > 0 && body?.includes('AWSPENDING') === true) {
        hidden -= 1;
        return refuseSecret(400, 'ResourceNotFoundException')(response);
      }
    }
    const { authorization = '', 'x-amz-target': target = '' } = request.headers;
    const headers = { authorization, 'x-amz-target': String(target) };
    const answer = await fetch(store.url, { method: 'POST', headers, body: body ?? Buffer.alloc(0) });
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
    hideValues(count) {
      hidden = count;
    },
    async close() {
      // One after the other: what is still being served is served to its end.
      await front.close();
      await store.close();
    },
  };
}

/** An answer as AWS words its refusals. */
export function refuseSecret(status: number, type: string, message = 'canary'): SecretsScript {
  return (response) => {
    response.writeHead(status, { 'x-amzn-errortype': type }).end(JSON.stringify({ __type: type, message }));
  };
}
