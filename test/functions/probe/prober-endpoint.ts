import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { gatewayAnswerBody } from '../../../infra/api/gateway-answers.ts';
import { listenOnLoopback } from '../../../local/loopback-server.ts';

/** An endpoint that answers as the service does, with tokens that start `canary`. It believes every signature but a wrong key's. */
export interface ProberEndpoint {
  /** With the stage. */
  readonly url: string;
  /** Requests at the same time, at most. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' };

export async function startProberEndpoint(): Promise<ProberEndpoint> {
  let atOnce = 0;
  let mostAtOnce = 0;
  const signatures = new Map<string, string>();

  /** The unsigned and wrongly signed requests come for one path, after its first signed one. */
  function isSigned(authorization: string | undefined, count: number): boolean {
    return authorization !== undefined && count !== wrongKeyRequest;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    await setImmediate();
    atOnce -= 1;
  }
  const server = await listenOnLoopback(serve);
  return {
    url: `${server.url}/v1`,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: server.close,
  };
}
