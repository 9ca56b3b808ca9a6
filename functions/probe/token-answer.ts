import { isJsonObject, isText } from '../shared/runtime/json.ts';
import type { ApiAnswer } from './api-client.ts';

/** `x-token-source`, as `docs/openapi.yaml` has it. */
const sources = ['memory', 'exchange', 'refresh', 'memory-stale', 'shared'] as const;

export type TokenSource = (typeof sources)[number];

/** A vend's answer without its token. */
export type JudgedAnswer =
  | { readonly isToken: true; readonly source: TokenSource; readonly expiresInSeconds: number }
  | { readonly isToken: false; readonly fault: string };

/** A token's lifetime is cut to this. */
const maxLifetimeSeconds = 30 * 86_400;

/**
 * Holds an answer to the contract (`docs/openapi.yaml`, RFC 6749 §5.1), and to more: `expires_in` must be there. Without it
 * no token is kept, and every vend costs the provider an exchange.
 *
 * @param expose further fields that the provider's settings show to callers
 */
export function judgeTokenAnswer({ status, headers, body }: ApiAnswer, expose: readonly string[]): JudgedAnswer {
  if (status !== 200) return { isToken: false, fault: describeStatus({ status, body }) };
  const source = sources.find((known) => headers.get('x-token-source') === known);
  const lifetime = isJsonObject(body) ? body['expires_in'] : undefined;
  const faults = [
    ...headerFaults(headers),
    ...(source === undefined ? ['x-token-source is missing or unknown'] : []),
    ...bodyFaults(body, expose),
  ];
  if (source === undefined || faults.length > 0) return { isToken: false, fault: `200, but ${faults.join(', ')}` };
  return { isToken: true, source, expiresInSeconds: Number(lifetime) };
}

/** Headers that every answer of the service has. */
export function headerFaults(headers: Headers): string[] {
  const isJson = /^application\/json\b/.test(headers.get('content-type') ?? '');
  return [
    ...(isJson ? [] : ['content-type is not application/json']),
    ...(headers.get('cache-control') === 'no-store' ? [] : ['cache-control is not no-store']),
    ...(headers.get('pragma') === 'no-cache' ? [] : ['pragma is not no-cache']),
  ];
}

function bodyFaults(body: unknown, expose: readonly string[]): string[] {
  if (!isJsonObject(body)) return ['the body is not a JSON object'];
  const { access_token: token, token_type: type, expires_in: lifetime, scope, ...others } = body;
  const unexpected = Object.keys(others).filter((name) => !expose.includes(name));
  return [
    ...(isText(token) ? [] : ['access_token is missing or no text']),
    ...(type === 'Bearer' ? [] : ['token_type is not Bearer']),
    ...lifetimeFaults(lifetime),
    ...(scope === undefined || typeof scope === 'string' ? [] : ['scope is no text']),
    // Such as a refresh token: the settings show it to nobody.
    ...(unexpected.length === 0 ? [] : [`${unexpected.length} field(s) that the settings do not expose`]),
  ];
}

function lifetimeFaults(lifetime: unknown): string[] {
  if (lifetime === undefined) {
    return ['expires_in is missing (if the provider never says it, set defaultLifetimeSeconds)'];
  }
  const isUsable = Number.isInteger(lifetime) && Number(lifetime) >= 0 && Number(lifetime) <= maxLifetimeSeconds;
  return isUsable ? [] : ['expires_in is not whole seconds up to 30 days'];
}

/** `502 provider_error`. A code is ours only if it looks like one. */
export function describeStatus({ status, body }: Pick<ApiAnswer, 'status' | 'body'>): string {
  const code = errorCodeOf(body);
  return code === undefined ? `${status} without an error code` : `${status} ${code}`;
}

/** The `error` of RFC 6749 §5.2. */
export function errorCodeOf(body: unknown): string | undefined {
  const code = isJsonObject(body) ? body['error'] : undefined;
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : undefined;
}
