import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * The AWS SDK's client with limits that leave a vend time for its exchange: two tries of `requestTimeoutMs` at most.
 * Region, endpoint and credentials come from the environment.
 */
export function createSecretsManagerClient(requestTimeoutMs = 2_000): SecretsManagerClient {
  return new SecretsManagerClient({
    maxAttempts: 2,
    // Without throwOnRequestTimeout the SDK only warns, and goes on waiting.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
  });
}
