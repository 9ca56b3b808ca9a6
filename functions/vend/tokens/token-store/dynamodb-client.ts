import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Send } from '../../../shared/runtime/http-client.ts';
import { createSdkRequestHandler } from '../../../shared/runtime/sdk-request-handler.ts';

/**
 * The AWS SDK's client, over the connections that everything else uses. It tries once: a store that fails is left alone, and
 * the vend goes on without it. Everything comes from the environment, as for `createSecretsManagerClient`.
 *
 * @param requestTimeoutMs when a request's connection is given up; a vend gives up waiting for it long before that
 */
export function createDynamoDbClient(send: Send, requestTimeoutMs = 2_000): DynamoDBClient {
  const { env } = process;
  const endpoint = configuredTableEndpoint(env);
  return new DynamoDBClient({
    region: env['AWS_REGION'] ?? '',
    ...(endpoint === undefined ? {} : { endpoint }),
    useFipsEndpoint: env['AWS_USE_FIPS_ENDPOINT'] === 'true',
    useDualstackEndpoint: env['AWS_USE_DUALSTACK_ENDPOINT'] === 'true',
    ignoreConfiguredEndpointUrls: true,
    endpointDiscoveryEnabled: false,
    accountIdEndpointMode: 'disabled',
    userAgentAppId: async () => env['AWS_SDK_UA_APP_ID'],
    authSchemePreference: [],
    defaultsMode: 'standard',
    retryMode: 'standard',
    maxAttempts: 1,
    requestHandler: createSdkRequestHandler(send, requestTimeoutMs),
  });
}

/** The endpoint that the environment names; undefined: the region's own. As the AWS SDK reads it. */
export function configuredTableEndpoint(environment: NodeJS.ProcessEnv): string | undefined {
  return environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? environment['AWS_ENDPOINT_URL'];
}
