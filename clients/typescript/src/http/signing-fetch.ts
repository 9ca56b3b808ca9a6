import type { SendSigned } from '../vend/send-signed.ts';
import { sha256 } from '../vended-token.ts';
import { type Fetch, isAnsweredElsewhere, urlOf } from './fetch.ts';
import { RefusedTokens } from './refused-tokens.ts';

const form = 'application/x-www-form-urlencoded';

/**
 * A `fetch` for OAuth clients and SDKs that get their tokens themselves. It signs what goes to the vending service, and
 * passes on all the rest; where an API refuses a vended token with a 401, the next request for one says so.
 */
export function createSigningFetch(endpointUrl: string, sendSigned: SendSigned): Fetch {
  const refused = new RefusedTokens();

  async function sign(request: Request): Promise<Response> {
    const body = await request.text();
    const contentType = request.headers.get('content-type') ?? form;
    const reported = contentType.startsWith(form) ? refused.addReport(request.url, body) : body;
    const headers = new Headers(request.headers);
    // The client's own, such as Basic with a client secret that does not exist.
    for (const name of ['authorization', 'content-length', 'host']) headers.delete(name);
    const { method, url, signal } = request;
    const response = await sendSigned({ method, url: new URL(url), body: reported, contentType, headers, signal });
    if (response.status === 200) await refused.noteVended(url, body, response.clone());
    return response;
  }

  return async (input, init) => {
    if (urlOf(input).href.startsWith(`${endpointUrl}/`)) return sign(new Request(input, init));
    const authorization = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined)).get(
      'authorization',
    );
    const response = await fetch(input, init);
    if (response.status === 401 && authorization !== null && !isAnsweredElsewhere(response, input)) {
      refused.noteRefused(sha256(authorization.replace(/^bearer +/i, '')));
    }
    return response;
  };
}
