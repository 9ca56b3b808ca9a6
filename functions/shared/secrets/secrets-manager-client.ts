import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Send } from '../runtime/http-client.ts';
import { createSdkRequestHandler } from '../runtime/sdk-request-handler.ts';
import { configuredEndpoint } from './secrets-manager-url.ts';

/**
 * The AWS SDK's client with limits that leave a vend time for its exchange: two tries of `requestTimeoutMs` at most.
 * Region, endpoint and credentials come from the environment, and from nowhere else: a function has no configuration
 * files, and looking for them costs a cold start 1 to 2 ms.
 */
export function createSecretsManagerClient(send: Send, requestTimeoutMs = 2_000): SecretsManagerClient {
  const { env } = process;
  const endpoint = configuredEndpoint(env);
  return new SecretsManagerClient({
    region: env['AWS_REGION'] ?? '',
    ...(endpoint === undefined ? {} : { endpoint }),
    useFipsEndpoint: env['AWS_USE_FIPS_ENDPOINT'] === 'true',
    useDualstackEndpoint: env['AWS_USE_DUALSTACK_ENDPOINT'] === 'true',
    ignoreConfiguredEndpointUrls: true,
    userAgentAppId: async () => env['AWS_SDK_UA_APP_ID'],
    authSchemePreference: [],
    defaultsMode: 'standard',
    retryMode: 'standard',
    maxAttempts: 2,
    requestHandler: createSdkRequestHandler(send, requestTimeoutMs),
  });
}
