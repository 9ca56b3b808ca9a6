import type { ClientCredentials } from './client-credentials.ts';
import type { HttpRequest } from './http-client.ts';
import type { Provider } from './provider-settings.ts';

/** The client_credentials request (RFC 6749 §4.4.2) in the form that the provider's settings ask for. Pure. */
export function buildTokenRequest(
  provider: Provider,
  credentials: ClientCredentials,
  scopes: readonly string[],
): HttpRequest {
  const fields: Record<string, string> = { ...provider.parameters, grant_type: 'client_credentials' };
  if (scopes.length > 0) fields['scope'] = scopes.join(' ');
  const headers: Record<string, string> = { ...provider.headers, accept: 'application/json' };
  if (provider.clientAuth === 'client_secret_basic') {
    headers['authorization'] = basicAuthorization(provider, credentials);
  } else {
    fields['client_id'] = credentials.clientId;
    fields['client_secret'] = credentials.clientSecret;
  }
  const isJson = provider.requestFormat === 'json';
  headers['content-type'] = isJson ? 'application/json' : 'application/x-www-form-urlencoded';
  const body = isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
  return { method: 'POST', url: provider.tokenUrl, headers, body };
}

/** RFC 6749 §2.3.1 form-encodes both parts before Base64; some providers never decode them (`basicEncoding: raw`). */
function basicAuthorization(provider: Provider, { clientId, clientSecret }: ClientCredentials): string {
  const encode = provider.basicEncoding === 'form' ? formEncode : (text: string) => text;
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
