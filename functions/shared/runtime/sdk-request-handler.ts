import { HttpError, type Send } from './http-client.ts';

/** What the SDK wants sent; `HttpRequest` of `@smithy/types`. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A secret may have 64 KiB, and JSON makes more of them. */
const maxAnswerBytes = 256 * 1024;

/**
 * Lets the AWS SDK send by our HTTP client: one connection that can be opened early, one set of limits. The SDK's own
 * handler costs a cold start 3 ms more. It is for clients whose requests are all POST without a query, as those of the JSON
 * protocols are.
 */
export function createSdkRequestHandler(send: Send, timeoutMs: number) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle({ protocol, hostname, port, path, headers, body }: SdkRequest) {
      const url = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
      const response = await send({ url, headers, body, maxAnswerBytes }, timeoutMs).catch(throwAsSdkError);
      return { response: { statusCode: response.status, headers: response.headers, body: response.body } };
    },
  };
}

/** The SDK tells by an error's name and code whether to try again. */
function throwAsSdkError(error: unknown): never {
  if (!(error instanceof HttpError)) throw error;
  const name = error.failure === 'timeout' ? 'TimeoutError' : error.name;
  throw Object.assign(new Error(error.message, { cause: error }), { name, code: error.networkCode });
}
