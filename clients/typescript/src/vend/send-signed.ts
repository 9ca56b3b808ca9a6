import type { Runtime } from '../clock.ts';
import type { RequestToSign, Sign } from './signer.ts';

export type SignedRequest = Omit<RequestToSign, 'atMs'> & {
  /** Sent along, not signed. */
  readonly headers?: Headers;
  readonly signal?: AbortSignal | undefined;
};

/** Signs a request to the vending service and sends it; follows no redirect. */
export type SendSigned = (request: SignedRequest) => Promise<Response>;

/** AWS takes signatures that are up to five minutes old or early. */
const maxSkewMs = 4 * 60_000;

/**
 * Where this machine's clock is wrong, as a 403's `date` tells, the request is signed once more with the service's time,
 * and so is each later one. The AWS SDKs do the same.
 */
export function createSendSigned(sign: Sign, { wall }: Pick<Runtime, 'wall'>): SendSigned {
  let offsetMs = 0;

  async function send({ signal, headers, ...request }: SignedRequest): Promise<Response> {
    const signed = await sign({ ...request, atMs: wall() + offsetMs });
    const { method, url, body } = request;
    const allHeaders = new Headers(headers);
    for (const [name, value] of Object.entries(signed)) allHeaders.set(name, value);
    return fetch(url, {
      method,
      headers: allHeaders,
      // A GET has none.
      ...(body !== '' && { body }),
      redirect: 'manual',
      ...(signal && { signal }),
    });
  }

  return async (request) => {
    const response = await send(request);
    if (response.status !== 403) return response;
    const skewMs = Date.parse(response.headers.get('date') ?? '') - (wall() + offsetMs);
    if (Number.isNaN(skewMs) || Math.abs(skewMs) <= maxSkewMs) return response;
    offsetMs += skewMs;
    await response.body?.cancel();
    return send(request);
  };
}
