import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { sdkClientConfig } from '../../../shared/aws/sdk-client-config.ts';
import type { Send } from '../../../shared/runtime/http-client.ts';

/**
 * The AWS SDK's client, over the connections that everything else uses. It tries once: a store that fails is left alone, and
 * the vend goes on without it.
 *
 * @param requestTimeoutMs when a request's connection is given up; a vend gives up waiting for it long before that
 */
export function createDynamoDbClient(send: Send, requestTimeoutMs = 2_000): DynamoDBClient {
  return new DynamoDBClient({
    ...sdkClientConfig('dynamodb', send, requestTimeoutMs),
    maxAttempts: 1,
    endpointDiscoveryEnabled: false,
    accountIdEndpointMode: 'disabled',
  });
}
