import { setImmediate } from 'node:timers/promises';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type Caller, createCallers } from '../../../local/gateway/callers.ts';
import { startGateway } from '../../../local/gateway/gateway.ts';

/** The local gateway, and behind it, instead of the vending function, what answers tokens that start `canary`. */
export interface ProberEndpoint {
  /** With the stage. */
  readonly url: string;
  readonly prober: Caller;
  /** Requests at the same time, at most. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' };
const token = { access_token: 'canary-token', token_type: 'Bearer', expires_in: 3600 };

/** @param providers that the prober may vend */
export async function startProberEndpoint(providers: readonly string[]): Promise<ProberEndpoint> {
  const callers = createCallers(providers);
  let atOnce = 0;
  let mostAtOnce = 0;
  async function invoke(event: unknown): Promise<unknown> {
    const { resource } = event as APIGatewayProxyEvent;
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    await setImmediate();
    atOnce -= 1;
    const body = resource === '/health' ? { status: 'ok', version: '1.0.0' } : token;
    return { statusCode: 200, headers: { ...headers, 'x-token-source': 'memory' }, body: JSON.stringify(body) };
  }
  const server = await startGateway({ port: 0, callers, instances: { invoke }, onAnswered: () => {} });
  return {
    url: `${server.url}/v1`,
    prober: callers['prober'] as Caller,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: server.close,
  };
}
