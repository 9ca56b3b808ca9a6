import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../loopback-server.ts';
import { RateLimit } from '../rate-limit.ts';
import { CredentialList } from './credential-list.ts';

export interface ProveServerOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Prove's own is one hour. */
  readonly tokenLifetimeSeconds?: number;
  /** Prove's own is 25. */
  readonly requestsPerSecond?: number;
  /** Wall clock, milliseconds since 1970. */
  readonly now?: () => number;
}

export interface ProveServer {
  readonly tokenUrl: string;
  /** How many tokens it has issued. */
  readonly issued: number;
  /** From now on it accepts only these credentials, as when a secret is replaced in Prove's portal. */
  setCredentials(credentials: { clientId: string; clientSecret: string }): void;
  close(): Promise<void>;
}

/**
 * Prove's token endpoint as a client sees it: its fields, its `{code, message}` errors, 403 for any other path or method, and
 * its rate limit. `POST /admin/credentials` stands for its portal: it makes a new secret, answers with it, and from then on
 * refuses the old one, unless the form says `overlap=true`. https://developer.prove.com (token request, status and error codes)
 */
export async function startProveServer(options: ProveServerOptions): Promise<ProveServer> {
  const credentials = new CredentialList(options);
  const lifetimeSeconds = options.tokenLifetimeSeconds ?? 3600;
  const rateLimit = new RateLimit(options.requestsPerSecond ?? 25, options.now ?? Date.now);
  let issued = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, 64 * 1024);
    if (request.method === 'POST' && request.url === adminPath) {
      const { clientId: client_id, clientSecret: client_secret } = credentials.renew(isOverlapping(body));
      return send(response, 200, { client_id, client_secret });
    }
    if (request.method !== 'POST' || request.url !== '/token') return send(response, 403, { message: 'Forbidden' });
    if (!rateLimit.tryEnter()) {
      response.setHeader('retry-after', '1');
      return send(response, 429, { message: 'Too Many Requests' });
    }
    const form = parseForm(request, body);
    if (form === undefined) return send(response, 400, { code: 8001, message: 'malformed request' });
    if (!credentials.accepts(form.get('client_id'), form.get('client_secret'))) {
      return send(response, 401, { code: 8002, message: 'unauthorized request' });
    }
    issued += 1;
    send(response, 200, { access_token: newToken(), expires_in: lifetimeSeconds, token_type: 'Bearer' });
  }

  const server = await listenOnLoopback(answer);
  return {
    tokenUrl: `${server.url}/token`,
    get issued() {
      return issued;
    },
    setCredentials: (only) => credentials.replaceBy(only),
    close: server.close,
  };
}

const adminPath = '/admin/credentials';

function isOverlapping(body: Buffer | undefined): boolean {
  return new URLSearchParams(body?.toString('utf8')).get('overlap') === 'true';
}

function parseForm(request: IncomingMessage, body: Buffer | undefined): URLSearchParams | undefined {
  const mediaType = request.headers['content-type']?.split(';')[0]?.trim();
  if (mediaType !== 'application/x-www-form-urlencoded' || body === undefined) return undefined;
  const form = new URLSearchParams(body.toString('utf8'));
  const isComplete = ['client_id', 'client_secret'].every((name) => form.has(name));
  return isComplete && form.get('grant_type') === 'client_credentials' ? form : undefined;
}

/** A JWT of the same size and shape as Prove's, but without content or a valid signature. */
function newToken(): string {
  const header = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url');
  return `${header}.${randomBytes(384).toString('base64url')}.${randomBytes(256).toString('base64url')}`;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
