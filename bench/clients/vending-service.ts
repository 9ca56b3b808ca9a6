import { createHash } from 'node:crypto';
import { listenOnLoopback, readBody } from '../../local/loopback-server.ts';

export interface VendingService {
  /** With the stage. */
  readonly endpoint: string;
  readonly requests: number;
  readonly reports: number;
  close(): Promise<void>;
}

/**
 * Answers as the vending service does, without its caches and without looking at signatures: how long it takes is not what is
 * measured. The service itself allows one report in ten seconds, and those here are minutes apart by a clock that jumps.
 */
export async function startVendingService(tokenLifetimeSeconds: number): Promise<VendingService> {
  let requests = 0;
  let reports = 0;
  let token = '';

  const server = await listenOnLoopback(async (request, response) => {
    requests += 1;
    const form = new URLSearchParams((await readBody(request, 64 * 1024))?.toString('utf8'));
    const reported = form.get('rejected_token_sha256');
    const isHeld = createHash('sha256').update(token).digest('hex') === reported;
    if (reported !== null) reports += 1;
    if (reported === null || isHeld) token = `token-${requests}`;
    const rejection = reported === null ? {} : { 'x-token-rejection': isHeld ? 'replaced' : 'unknown' };
    response.writeHead(200, { 'content-type': 'application/json', ...rejection });
    response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: tokenLifetimeSeconds }));
  });

  return {
    endpoint: `${server.url}/v1`,
    get requests() {
      return requests;
    },
    get reports() {
      return reports;
    },
    close: server.close,
  };
}
