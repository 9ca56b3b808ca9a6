import type { HttpRequest } from '../runtime/http-client.ts';
import type { ClientCredentials } from '../secrets/client-credentials.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { clientAuthMethods, type RequestParts } from './client-auth.ts';

export interface TokenRequest extends HttpRequest {
  readonly body: string;
}

/**
 * The client_credentials request (RFC 6749 §4.4.2) in the form that the provider's settings ask for. Performs no I/O.
 *
 * @param wallMs the wall clock, for a client assertion
 */
export function buildTokenRequest(
  provider: Provider,
  credentials: ClientCredentials,
  scopes: readonly string[],
  wallMs: number,
): TokenRequest {
  const isJson = provider.requestFormat === 'json';
  const request: RequestParts = {
    headers: {
      accept: 'application/json',
      ...lowerCaseNames(provider.headers),
      'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    fields: { ...provider.parameters, grant_type: 'client_credentials' },
  };
  if (scopes.length > 0) request.fields['scope'] = scopes.join(' ');
  clientAuthMethods[provider.clientAuth](request, credentials, provider, wallMs);
  const body = isJson ? JSON.stringify(request.fields) : new URLSearchParams(request.fields).toString();
  return { url: provider.tokenUrl, headers: request.headers, body };
}

/** So that a configured `Accept` replaces ours instead of standing beside it. */
function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
