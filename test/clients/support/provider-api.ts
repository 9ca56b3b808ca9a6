import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { listenOnLoopback, readBody } from '../../../local/loopback-server.ts';

export interface ApiRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of the token that came along. */
  readonly fingerprint: string | undefined;
  readonly status: number;
}

export interface ProviderApi {
  readonly url: string;
  readonly requests: readonly ApiRequest[];
  /** Refuses a token from now on. */
  revoke(fingerprint: string): void;
  /** Refuses every token from now on. */
  revokeAll(): void;
  close(): Promise<void>;
}

/**
 * A provider's API. `?to=URL` redirects.
 *
 * @param answer JSON; a request's own body where left out
 */
export async function startProviderApi(answer?: string): Promise<ProviderApi> {
  const requests: ApiRequest[] = [];
  const revoked = new Set<string>();
  let refusesAll = false;

  const server = await listenOnLoopback(async (request, response) => {
    const body = (await readBody(request, 64 * 1024))?.toString('utf8') ?? '';
    const { method, url: path } = request;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const fingerprint = token === undefined ? undefined : createHash('sha256').update(token).digest('hex');
    const isRefused = fingerprint === undefined || refusesAll || revoked.has(fingerprint);
    const to = new URL(path ?? '/', 'http://api').searchParams.get('to');
    const status = to !== null ? 302 : isRefused ? 401 : 200;
    requests.push({ method, path, headers: request.headers, body, fingerprint, status });
    const headers = {
      ...(to !== null && { location: to }),
      ...(answer !== undefined && { 'content-type': 'application/json' }),
    };
    response.writeHead(status, headers).end(isRefused ? '{"code":8002,"message":"refused"}' : (answer ?? body));
  });

  return {
    url: server.url,
    requests,
    revoke: (fingerprint) => void revoked.add(fingerprint),
    revokeAll() {
      refusesAll = true;
    },
    close: server.close,
  };
}
