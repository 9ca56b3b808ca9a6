import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../loopback-server.ts';
import { RateLimit } from '../rate-limit.ts';
import { ExpiringMap } from './expiring-map.ts';

export interface PipeshubServerOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly requestsPerSecond?: number;
  /** Wall clock, milliseconds since 1970. */
  readonly now?: () => number;
}

export interface PipeshubServer {
  readonly tokenUrl: string;
  /** RFC 7009, but the client stands in the body, and the answer is 200 even where nothing was revoked. */
  readonly revocationUrl: string;
  /** RFC 7662. */
  readonly introspectionUrl: string;
  /** How many tokens it has issued. */
  readonly issued: number;
  /** From now on the right credentials get this error; undefined: a token. */
  failWith(error: 'access_denied' | 'server_error' | undefined): void;
  close(): Promise<void>;
}

const root = '/api/v1/oauth2';
const lifetimeSeconds = 3600;

/** Failures before PipesHub's own OAuth code runs have an object as their `error`. */
const outerErrors = {
  400: { code: 'VALIDATION_ERROR', message: 'Validation failed' },
  404: { code: 'NOT_FOUND', message: 'Not found' },
  429: { code: 'TOO_MANY_REQUESTS', message: 'Too many requests' },
} as const;

/** Everything else is 400, even `server_error`. */
const oauthStatuses: Readonly<Record<string, number>> = { invalid_client: 401, access_denied: 403 };

type Answer = readonly [status: number, body: object];

/**
 * PipesHub's OAuth endpoints as a client sees them: Basic without percent-decoding, or credentials in a form or JSON; two
 * shapes of errors and their statuses. https://github.com/pipeshub-ai/pipeshub-ai (oauth_provider)
 */
export async function startPipeshubServer(options: PipeshubServerOptions): Promise<PipeshubServer> {
  const now = options.now ?? Date.now;
  const rateLimit = new RateLimit(options.requestsPerSecond ?? 25, now);
  /** Token → its scope. */
  const tokens = new ExpiringMap<string>(now);
  let issued = 0;
  let fault: string | undefined;

  function issue(fields: Fields, authorization: string | undefined): Answer {
    if (typeof fields['grant_type'] !== 'string') return outerError(400);
    const error = judge(options, fields, authorization) ?? fault;
    if (error !== undefined) return oauthError(error);
    issued += 1;
    const scope = typeof fields['scope'] === 'string' ? fields['scope'] : options.scopes.join(' ');
    const token = newToken();
    tokens.set(token, scope, lifetimeSeconds);
    return [200, { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds, scope }];
  }

  function revoke(fields: Fields): Answer {
    if (isClient(options, [fields['client_id'], fields['client_secret']])) tokens.delete(String(fields['token']));
    return [200, {}];
  }

  function introspect(fields: Fields, authorization: string | undefined): Answer {
    if (!isClient(options, readClient(fields, authorization))) return oauthError('invalid_client');
    const scope = tokens.get(String(fields['token']));
    if (scope === undefined) return [200, { active: false }];
    return [200, { active: true, client_id: options.clientId, scope, token_type: 'Bearer' }];
  }

  const routes: Readonly<Record<string, (fields: Fields, authorization: string | undefined) => Answer>> = {
    [`${root}/token`]: issue,
    [`${root}/revoke`]: revoke,
    [`${root}/introspect`]: introspect,
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = parseFields(request, await readBody(request, 64 * 1024));
    const route = request.method === 'POST' ? routes[request.url ?? ''] : undefined;
    if (route === undefined) return send(response, outerError(404));
    if (!rateLimit.tryEnter()) return send(response, outerError(429));
    send(response, route(fields ?? {}, request.headers.authorization));
  }

  const server = await listenOnLoopback(serve);
  return {
    tokenUrl: `${server.url}${root}/token`,
    revocationUrl: `${server.url}${root}/revoke`,
    introspectionUrl: `${server.url}${root}/introspect`,
    get issued() {
      return issued;
    },
    failWith(error) {
      fault = error;
    },
    close: server.close,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseFields({ headers }: IncomingMessage, body: Buffer | undefined): Fields | undefined {
  const mediaType = headers['content-type']?.split(';')[0]?.trim();
  const text = body?.toString('utf8') ?? '';
  if (mediaType === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = mediaType === 'application/json' ? JSON.parse(text) : undefined;
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the OAuth error; undefined for a request that gets a token */
function judge(options: PipeshubServerOptions, fields: Fields, authorization: string | undefined): string | undefined {
  if (fields['grant_type'] !== 'client_credentials') return 'unsupported_grant_type';
  if (!isClient(options, readClient(fields, authorization))) return 'invalid_client';
  const { scope } = fields;
  const asked = typeof scope === 'string' ? scope.split(' ') : [];
  return asked.every((name) => options.scopes.includes(name)) ? undefined : 'invalid_scope';
}

type Client = readonly [id: unknown, secret: unknown];

function readClient(fields: Fields, authorization: string | undefined): Client {
  return parseBasic(authorization) ?? [fields['client_id'], fields['client_secret']];
}

function isClient({ clientId, clientSecret }: PipeshubServerOptions, [id, secret]: Client): boolean {
  return id === clientId && secret === clientSecret;
}

/** What is before and after the first colon, unchanged: PipesHub decodes neither. */
function parseBasic(authorization = ''): Client | undefined {
  if (!authorization.startsWith('Basic ')) return undefined;
  const credentials = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8');
  const colon = credentials.indexOf(':');
  return colon === -1 ? undefined : [credentials.slice(0, colon), credentials.slice(colon + 1)];
}

function newToken(): string {
  return `${randomBytes(36).toString('base64url')}.${randomBytes(192).toString('base64url')}.${randomBytes(256).toString('base64url')}`;
}

function oauthError(error: string): Answer {
  return [oauthStatuses[error] ?? 400, { error, error_description: 'The request was refused' }];
}

function outerError(status: keyof typeof outerErrors): Answer {
  return [status, { error: outerErrors[status] }];
}

function send(response: ServerResponse, [status, body]: Answer): void {
  const noStore = status === 200 ? { 'cache-control': 'no-store', pragma: 'no-cache' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...noStore }).end(JSON.stringify(body));
}
