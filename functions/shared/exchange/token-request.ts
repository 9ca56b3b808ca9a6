import type { HttpRequest } from '../runtime/http-client.ts';
import type { ClientCredentials } from '../secrets/client-credentials.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { clientAssertionType, signClientAssertion } from './client-assertion.ts';

export interface TokenRequest extends HttpRequest {
  readonly body: string;
}

/**
 * The client_credentials request (RFC 6749 §4.4.2) in the form that the provider's settings ask for. Performs no I/O.
 *
 * @param nowMs wall clock, for a client assertion
 */
export function buildTokenRequest(
  provider: Provider,
  credentials: ClientCredentials,
  scopes: readonly string[],
  nowMs: number,
): TokenRequest {
  const fields: Record<string, string> = { ...provider.parameters, grant_type: 'client_credentials' };
  if (scopes.length > 0) fields['scope'] = scopes.join(' ');
  const headers: Record<string, string> = { ...provider.headers, accept: 'application/json' };
  if (credentials.kind === 'secret' && provider.clientAuth === 'client_secret_basic') {
    headers['authorization'] = basicAuthorization(provider.basicEncoding, credentials);
  } else {
    Object.assign(fields, clientFields(provider, credentials, nowMs));
  }
  const isJson = provider.requestFormat === 'json';
  headers['content-type'] = isJson ? 'application/json' : 'application/x-www-form-urlencoded';
  const body = isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
  return { url: provider.tokenUrl, headers, body };
}

/** The client in the body: RFC 6749 §2.3.1, RFC 7523 §2.2. */
function clientFields(
  { tokenUrl }: Provider,
  credentials: ClientCredentials,
  nowMs: number,
): Readonly<Record<string, string>> {
  const { clientId } = credentials;
  if (credentials.kind === 'secret') return { client_id: clientId, client_secret: credentials.clientSecret };
  return {
    client_id: clientId,
    client_assertion_type: clientAssertionType,
    client_assertion: signClientAssertion(clientId, credentials.signingKey, tokenUrl, nowMs),
  };
}

/** RFC 6749 §2.3.1 form-encodes both parts before Base64; some providers never decode them (`basicEncoding: raw`). */
function basicAuthorization(
  basicEncoding: Provider['basicEncoding'],
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): string {
  const encode = basicEncoding === 'form' ? formEncode : (text: string) => text;
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
