import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';

// What all peers share, so that they differ only in how they come by a token.

export interface ProxyAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a handler answers that does nothing. */
export const emptyAnswer: ProxyAnswer = { statusCode: 200, headers: {}, body: '{}' };

/** Of API Gateway's event: what the audit line says of the request. */
export interface VendEvent {
  readonly pathParameters: { readonly provider: string };
  readonly requestContext: {
    readonly requestId: string;
    readonly identity: { readonly userArn: string; readonly accountId: string };
  };
}

export interface Obtained {
  readonly token: string;
  readonly source: string;
}

export type WriteAuditLine = (fields: Readonly<Record<string, string | number>>) => void;

/** One write straight to stdout, as this service does it: the cheapest way to write a line that is not lost. */
export const writeJsonLine: WriteAuditLine = (fields) => {
  const line = { timestamp: new Date().toISOString(), level: 'info', message: 'vend', ...fields };
  writeSync(1, `${JSON.stringify(line)}\n`);
};

const writeIfAsked = process.env['AUDIT_LINE'] === 'json' ? writeJsonLine : undefined;

/**
 * Answers in the form of our HTTP contract; anything thrown is a 502. With `AUDIT_LINE=json` it writes the line that this
 * service writes for each vend: who asked, for what, and the token's fingerprint.
 */
export async function answerWith(
  event: VendEvent,
  obtain: () => Promise<Obtained>,
  writeLine: WriteAuditLine | undefined = writeIfAsked,
): Promise<ProxyAnswer> {
  const startedAtMs = Date.now();
  try {
    const { token, source } = await obtain();
    writeLine?.(auditFields(event, { token, source }, startedAtMs));
    const body = JSON.stringify({ access_token: token, token_type: 'Bearer' });
    return { statusCode: 200, headers: { 'x-token-source': source }, body };
  } catch (error) {
    return { statusCode: 502, headers: {}, body: JSON.stringify({ error: describe(error) }) };
  }
}

function auditFields({ pathParameters, requestContext }: VendEvent, { token, source }: Obtained, startedAtMs: number) {
  const { requestId, identity } = requestContext;
  return {
    requestId,
    callerArn: identity.userArn,
    callerAccount: identity.accountId,
    provider: pathParameters.provider,
    status: 200,
    source,
    fingerprint: fingerprintOf(token),
    milliseconds: Date.now() - startedAtMs,
  };
}

let last = { token: '', fingerprint: '' };

/** Hashes a token once, as this service does. */
function fingerprintOf(token: string): string {
  if (token !== last.token) last = { token, fingerprint: createHash('sha256').update(token).digest('hex') };
  return last.fingerprint;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.name === 'Error' ? error.message : error.name;
}

export interface HeldToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** The token request of many a README, with a check of the status. */
export async function requestTokenByFetch(client_id: string, client_secret: string): Promise<HeldToken> {
  const response = await fetch(process.env['TOKEN_URL'] ?? '', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
  });
  if (!response.ok) throw new Error(`The provider answers ${response.status}.`);
  const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
  return { token: access_token, expiresAtMs: Date.now() + expires_in * 1000 };
}
