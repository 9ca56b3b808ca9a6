import { isJsonObject } from '../runtime/json.ts';
import type { ProviderSettings } from '../settings/provider-settings.ts';

/** What a provider refuses: the client itself, the scopes, any request for now (`unavailable`), or this request. */
export type Refusal = 'client' | 'scope' | 'unavailable' | 'request';

/** How a provider refuses: everything in which providers' errors differ. Pure; `body` is the parsed body. */
export interface Dialect {
  /** Undefined where only the status tells what the answer is. */
  judgeRefusal(status: number, body: unknown): Refusal | undefined;
  /** The provider's own error code for the log; only codes that are listed here. */
  knownError(body: unknown): string | number | undefined;
}

/**
 * The codes of RFC 6749 §5.2 and those that token endpoints borrow from §4.1.2.1 and RFC 8707 §2.
 *
 * `unauthorized_client` is for a client that may not use this grant or scope, but several servers also answer it to a wrong
 * secret (older Keycloaks do): so it is worth a look at the secret, and not worth the same request every second.
 */
const oauth2Errors: ReadonlyMap<unknown, Refusal> = new Map([
  ['invalid_client', 'client'],
  ['unauthorized_client', 'client'],
  ['invalid_scope', 'scope'],
  ['temporarily_unavailable', 'unavailable'],
  ['server_error', 'unavailable'],
  ['invalid_request', 'request'],
  ['invalid_grant', 'request'],
  ['unsupported_grant_type', 'request'],
  ['access_denied', 'request'],
  ['invalid_target', 'request'],
]);

/**
 * RFC 6749 §5.2, whatever the status: some providers answer errors with 200, or all of them with 400. A 401 that says nothing
 * more exact is about the client. An `error` of another kind (an unknown code, an object) is an error too.
 */
const oauth2: Dialect = {
  judgeRefusal(status, body) {
    const error = field(body, 'error');
    const refusal = oauth2Errors.get(error);
    const isAboutClient = status === 401 && (refusal === undefined || refusal === 'request');
    if (isAboutClient) return 'client';
    return refusal ?? (error ? 'request' : undefined);
  },
  knownError(body) {
    const error = field(body, 'error');
    return typeof error === 'string' && oauth2Errors.has(error) ? error : undefined;
  },
};

/**
 * Prove's `{"code": 8002, "message": "…"}`: 8000 internal, 8001 malformed, 8002 unauthorized. A 401 may also mean the
 * wrong region or tier.
 */
const prove: Dialect = {
  judgeRefusal: (status, body) => (status === 401 || field(body, 'code') === 8002 ? 'client' : undefined),
  knownError(body) {
    const code = field(body, 'code');
    return code === 8000 || code === 8001 || code === 8002 ? code : undefined;
  },
};

export const dialects: Readonly<Record<NonNullable<ProviderSettings['dialect']>, Dialect>> = { oauth2, prove };

function field(body: unknown, name: string): unknown {
  return isJsonObject(body) ? body[name] : undefined;
}
