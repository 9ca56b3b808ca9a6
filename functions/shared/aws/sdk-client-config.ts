import { isHttpError, type Send } from '../runtime/http-client.ts';
import { type AwsService, configuredEndpoint } from './service-endpoint.ts';

/**
 * What all clients of the AWS SDK are made of. Region, endpoint and credentials come from the environment, and from nowhere
 * else: a function has no configuration files, and looking for them costs a cold start 1 to 2 ms.
 *
 * @param requestTimeoutMs of one try
 */
export function sdkClientConfig(service: AwsService, send: Send, requestTimeoutMs: number) {
  const { env } = process;
  const endpoint = configuredEndpoint(env, service);
  return {
    region: env['AWS_REGION'] ?? '',
    ...(endpoint === undefined ? {} : { endpoint }),
    useFipsEndpoint: env['AWS_USE_FIPS_ENDPOINT'] === 'true',
    useDualstackEndpoint: env['AWS_USE_DUALSTACK_ENDPOINT'] === 'true',
    ignoreConfiguredEndpointUrls: true,
    userAgentAppId: async () => env['AWS_SDK_UA_APP_ID'],
    authSchemePreference: [] as string[],
    defaultsMode: 'standard' as const,
    retryMode: 'standard',
    requestHandler: createSdkRequestHandler(send, requestTimeoutMs),
  };
}

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
function createSdkRequestHandler(send: Send, timeoutMs: number) {
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
  if (!isHttpError(error)) throw error;
  const name = error.failure === 'timeout' ? 'TimeoutError' : error.name;
  throw Object.assign(new Error(error.message, { cause: error }), { name, code: error.networkCode });
}
