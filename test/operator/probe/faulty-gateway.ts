import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback, readBody } from '../../../local/loopback-server.ts';
import { type SigningKeys, signBySmithy } from '../../support/signed-request.ts';

/** What a gateway in front of the stack's own does with a request; undefined passes it on as it is. */
export type GatewayFault = (request: IncomingMessage, response: ServerResponse) => 'sign' | 'answered' | undefined;

/** Signs for callers whom the stack's gateway would refuse. */
export const letUnsignedThrough: GatewayFault = ({ headers }) =>
  headers.authorization === undefined ? 'sign' : undefined;

export const letEveryoneThrough: GatewayFault = () => 'sign';

export const answer =
  (status: number, headers: Record<string, string> = {}): GatewayFault =>
  (_request, response) => {
    response.writeHead(status, headers).end('{"message":"canary"}');
    return 'answered';
  };

export const neverAnswer: GatewayFault = () => 'answered';

/** @param origin of the stack's own gateway */
export async function startFaultyGateway(
  origin: string,
  fault: GatewayFault,
  keys: SigningKeys,
): Promise<LoopbackServer & { readonly endpoint: string }> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request, 65_536))?.toString('utf8') ?? '';
    const done = fault(request, response);
    if (done === 'answered') return;
    const { method = 'GET', url: path = '', headers } = request;
    const toSign = { method, url: `${origin}${path}`, headers: form, ...(body !== '' && { body }) };
    const sent = done === 'sign' ? await signBySmithy(toSign, keys, 'us-east-1') : headers;
    // With the `host` that was signed, which `fetch` would replace.
    const forwarded = httpRequest(toSign.url, { method, headers: sent }).end(body);
    const [answered] = (await once(forwarded, 'response')) as [IncomingMessage];
    response.writeHead(answered.statusCode ?? 0, answered.headers);
    answered.pipe(response);
  }
  const server = await listenOnLoopback(serve);
  return { ...server, endpoint: `${server.url}/v1` };
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
