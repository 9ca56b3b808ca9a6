import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { sdkClientConfig } from '../aws/sdk-client-config.ts';
import type { Send } from '../runtime/http-client.ts';

/** The AWS SDK's client with limits that leave a vend time for its exchange: two tries of `requestTimeoutMs` at most. */
export function createSecretsManagerClient(send: Send, requestTimeoutMs = 2_000): SecretsManagerClient {
  return new SecretsManagerClient({ ...sdkClientConfig('secretsmanager', send, requestTimeoutMs), maxAttempts: 2 });
}
