import type { TokenCache } from '../tokens/token-cache.ts';
import type { VendedToken } from '../vended-token.ts';
import { type Fetch, type FetchInput, isAnsweredElsewhere } from './fetch.ts';

/**
 * A `fetch` that carries the provider's token. A 401 is reported once, and the request is sent again with the new token.
 * A request whose body is a stream is sent once only; one in a `Request` is held in memory until it is answered.
 */
export function createAuthorizedFetch(tokens: TokenCache, provider: string, scope: string | undefined): Fetch {
  return async (input, init) => {
    const slot = tokens.slotOf(provider, scope);
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const token = await slot.getToken(0, { signal });
    const isRepeatable = !isStream(init?.body);
    // Sending a Request uses up its body; the second time the original is sent.
    const first = isRepeatable && input instanceof Request ? input.clone() : input;
    const response = await fetch(first, withToken(input, init, token));
    const isRefused = response.status === 401 && !isAnsweredElsewhere(response, input);
    const replacement = isRefused ? await slot.replace(token, { signal }) : undefined;
    if (replacement === undefined || !isRepeatable) {
      // Of a copied body the half that nobody reads would pile up.
      if (first !== input && input instanceof Request) input.body?.cancel().catch(() => undefined);
      return response;
    }
    await response.body?.cancel();
    return fetch(input, withToken(input, init, replacement));
  };
}

function withToken(input: FetchInput, init: RequestInit | undefined, token: VendedToken): RequestInit {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
  headers.set('authorization', `${token.tokenType} ${token.accessToken}`);
  return { ...init, headers };
}

/** What can be read only once: a web stream, a Node stream, a generator. */
function isStream(body: RequestInit['body'] | undefined): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return body instanceof ReadableStream || (Symbol.asyncIterator in body && !(body instanceof Blob));
}
