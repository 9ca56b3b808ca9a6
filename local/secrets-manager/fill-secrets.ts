import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { region } from '../gateway/callers.ts';
import { UsageError } from '../options.ts';
import type { LocalProvider, LocalProviders } from '../providers/providers.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Puts each provider's credentials into its secret, in the Secrets Manager at `endpoint`, and sets up the rotation function
 * for it, if there is one.
 *
 * @throws UsageError that names the provider whose secret cannot be stored
 */
export async function fillSecrets(
  endpoint: string,
  credentials: Credentials,
  providers: LocalProviders['byName'],
  rotationFunctionArn: string | undefined,
): Promise<void> {
  const client = new SecretsManagerClient({ endpoint, region, credentials, maxAttempts: 1 });
  try {
    for (const [name, provider] of Object.entries(providers)) {
      await fillSecret(client, provider, rotationFunctionArn).catch((error: NodeJS.ErrnoException) => {
        const reason = `${error.name}: ${error.message || error.code}`;
        throw new UsageError(
          `The secret of the provider ${name} cannot be stored in Secrets Manager at ${endpoint}: ${reason}`,
        );
      });
    }
  } finally {
    client.destroy();
  }
}

async function fillSecret(
  client: SecretsManagerClient,
  { settings, secret }: LocalProvider,
  RotationLambdaARN: string | undefined,
): Promise<void> {
  if (secret === undefined) return;
  const SecretString = JSON.stringify(secret);
  try {
    await client.send(new CreateSecretCommand({ Name: settings.secretId, SecretString }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    await client.send(new PutSecretValueCommand({ SecretId: settings.secretId, SecretString }));
  }
  if (RotationLambdaARN === undefined) return;
  const rotation = { SecretId: settings.secretId, RotationLambdaARN, RotateImmediately: false };
  await client.send(new RotateSecretCommand(rotation));
}
