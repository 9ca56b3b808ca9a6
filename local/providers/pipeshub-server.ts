import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../loopback-server.ts';
import { createRateLimit } from './rate-limit.ts';

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
  /** How many tokens it has issued. */
  readonly issued: number;
  /** From now on the right credentials get this error; undefined: a token. */
  failWith(error: 'access_denied' | 'server_error' | undefined): void;
  close(): Promise<void>;
}

const tokenPath = '/api/v1/oauth2/token';

/** Failures before PipesHub's own OAuth code runs have an object as their `error`. */
const outerErrors = {
  400: { code: 'VALIDATION_ERROR', message: 'Validation failed' },
  404: { code: 'NOT_FOUND', message: 'Not found' },
  429: { code: 'TOO_MANY_REQUESTS', message: 'Too many requests' },
} as const;

/** Everything else is 400, even `server_error`. */
const oauthStatuses: Readonly<Record<string, number>> = { invalid_client: 401, access_denied: 403 };

/**
 * PipesHub's token endpoint as a client sees it: Basic without percent-decoding, or credentials in a form or JSON; two shapes
 * of errors and their statuses. https://github.com/pipeshub-ai/pipeshub-ai (oauth_provider)
 */
export async function startPipeshubServer(options: PipeshubServerOptions): Promise<PipeshubServer> {
  const allowRequest = createRateLimit(options.requestsPerSecond ?? 25, options.now ?? Date.now);
  let issued = 0;
  let fault: string | undefined;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = parseFields(request, await readBody(request, 64 * 1024));
    if (request.method !== 'POST' || request.url !== tokenPath) return sendOuterError(response, 404);
    if (!allowRequest()) return sendOuterError(response, 429);
    if (typeof fields?.['grant_type'] !== 'string') return sendOuterError(response, 400);
    const error = judge(options, fields, request.headers.authorization) ?? fault;
    if (error !== undefined) {
      return send(response, oauthStatuses[error] ?? 400, { error, error_description: 'The request was refused' });
    }
    issued += 1;
    const scope = typeof fields['scope'] === 'string' ? fields['scope'] : options.scopes.join(' ');
    const token = { access_token: newToken(), token_type: 'Bearer', expires_in: 3600, scope };
    send(response, 200, token, { 'cache-control': 'no-store', pragma: 'no-cache' });
  }

  const server = await listenOnLoopback(answer);
  return {
    tokenUrl: `${server.url}${tokenPath}`,
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
  const [clientId, clientSecret] = parseBasic(authorization) ?? [fields['client_id'], fields['client_secret']];
  if (clientId !== options.clientId || clientSecret !== options.clientSecret) return 'invalid_client';
  const { scope } = fields;
  const asked = typeof scope === 'string' ? scope.split(' ') : [];
  return asked.every((name) => options.scopes.includes(name)) ? undefined : 'invalid_scope';
}

/** What is before and after the first colon, unchanged: PipesHub decodes neither. */
function parseBasic(authorization = ''): readonly [string, string] | undefined {
  if (!authorization.startsWith('Basic ')) return undefined;
  const credentials = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8');
  const colon = credentials.indexOf(':');
  return colon === -1 ? undefined : [credentials.slice(0, colon), credentials.slice(colon + 1)];
}

function newToken(): string {
  return `${randomBytes(36).toString('base64url')}.${randomBytes(192).toString('base64url')}.${randomBytes(256).toString('base64url')}`;
}

function sendOuterError(response: ServerResponse, status: keyof typeof outerErrors): void {
  send(response, status, { error: outerErrors[status] });
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
