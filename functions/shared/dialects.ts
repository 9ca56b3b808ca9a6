import type { ProviderSettings } from './provider-settings.ts';

/** How a provider says no: everything in which providers' errors differ. Pure. */
export interface Dialect {
  /** Whether this answer refuses the client credentials themselves. `body` is the parsed JSON, if it was JSON. */
  refusesCredentials(status: number, body: unknown): boolean;
}

/** RFC 6749 §5.2: `invalid_client`, with 401 where the client tried the Authorization header. */
const oauth2: Dialect = {
  refusesCredentials: (status, body) => status === 401 || field(body, 'error') === 'invalid_client',
};

/** Prove's `{"code": 8002, "message": "…"}`: 8002 is "unauthorized"; a 401 may also mean the wrong region or tier. */
const prove: Dialect = {
  refusesCredentials: (status, body) => status === 401 || field(body, 'code') === 8002,
};

export const dialects: Readonly<Record<NonNullable<ProviderSettings['dialect']>, Dialect>> = { oauth2, prove };

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}
