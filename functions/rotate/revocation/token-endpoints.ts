import { clientAuthMethods, type RequestParts } from '../../shared/exchange/client-auth.ts';
import { throwAsTokenError } from '../../shared/exchange/exchange.ts';
import { parseRetryAfter } from '../../shared/exchange/token-response.ts';
import { TokenError } from '../../shared/runtime/errors.ts';
import type { HttpResponse, Send } from '../../shared/runtime/http-client.ts';
import { isJsonObject, parseJson } from '../../shared/runtime/json.ts';
import type { ClientCredentials } from '../../shared/secrets/client-credentials.ts';
import type { Provider } from '../../shared/settings/provider-settings.ts';

export interface TokenEndpointsDeps {
  readonly send: Send;
  /** Milliseconds since 1970; never goes back. */
  readonly now: () => number;
  /** The wall clock as it is, for a client assertion. */
  readonly wallClock: () => number;
}

/** What RFC 7662 §2.2 says of a token, as far as it is needed here. */
export interface Introspection {
  readonly isActive: boolean;
  readonly scope: string | undefined;
}

/** The provider's endpoints for a token that exists. Each method throws TokenError. */
export interface TokenEndpoints {
  /** RFC 7009. `unsupported`: the provider does not revoke tokens of this kind. */
  revoke(credentials: ClientCredentials, token: string, deadlineMs: number): Promise<'accepted' | 'unsupported'>;
  /** RFC 7662; undefined where the provider's settings name no endpoint. */
  introspect(credentials: ClientCredentials, token: string, deadlineMs: number): Promise<Introspection | undefined>;
}

/** Of a provider whose settings have a `revocationUrl`. */
export function createTokenEndpoints(
  provider: Provider & { readonly revocationUrl: string },
  { send, now, wallClock }: TokenEndpointsDeps,
): TokenEndpoints {
  async function ask(url: string, credentials: ClientCredentials, token: string, deadlineMs: number) {
    const { headers, fields } = buildRequest(provider, credentials, token, wallClock());
    const body = new URLSearchParams(fields).toString();
    return send({ url, headers, body }, deadlineMs - now()).catch(throwAsTokenError);
  }

  return {
    async revoke(credentials, token, deadlineMs) {
      const response = await ask(provider.revocationUrl, credentials, token, deadlineMs);
      if (errorOf(response) === 'unsupported_token_type') return 'unsupported';
      assertSuccess(response, now());
      return 'accepted';
    },
    async introspect(credentials, token, deadlineMs) {
      if (provider.introspectionUrl === undefined) return undefined;
      const response = await ask(provider.introspectionUrl, credentials, token, deadlineMs);
      assertSuccess(response, now());
      return parseIntrospection(response);
    },
  };
}

/** RFC 7009 §2.1 and RFC 7662 §2.1: both take the same form. */
function buildRequest(provider: Provider, credentials: ClientCredentials, token: string, wallMs: number): RequestParts {
  const request: RequestParts = {
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    fields: { token, token_type_hint: 'access_token' },
  };
  clientAuthMethods[provider.revocationClientAuth ?? provider.clientAuth](request, credentials, provider, wallMs);
  return request;
}

function errorOf({ status, body }: HttpResponse): unknown {
  const answer = status === 200 ? undefined : parseJson(body.toString('utf8'));
  return isJsonObject(answer) ? answer['error'] : undefined;
}

function assertSuccess(response: HttpResponse, nowMs: number): void {
  const { status } = response;
  if (status >= 200 && status <= 299) return;
  const details = { providerStatus: status };
  if (status === 401 || errorOf(response) === 'invalid_client')
    throw new TokenError('credentials_refused', { details });
  const retryAfterSeconds = parseRetryAfter(response, nowMs);
  if (status === 429) throw new TokenError('provider_throttled', { retryAfterSeconds, details });
  if (status < 500) throw new TokenError('unexpected_status', { details });
  const isRetryable = retryAfterSeconds === undefined;
  throw new TokenError('provider_unavailable', { retryAfterSeconds, isRetryable, details });
}

function parseIntrospection({ status, body }: HttpResponse): Introspection {
  const answer = parseJson(body.toString('utf8'));
  if (!isJsonObject(answer) || typeof answer['active'] !== 'boolean') {
    throw new TokenError('not_a_json_object', { details: { providerStatus: status } });
  }
  const { active, scope } = answer;
  return { isActive: active, scope: typeof scope === 'string' ? scope : undefined };
}
