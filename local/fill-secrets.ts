import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { region } from './callers.ts';
import type { LocalProviders } from './providers.ts';

/** Puts each provider's credentials into its secret, in the local Secrets Manager or whichever one `endpoint` is. */
export async function fillSecrets(
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string },
  providers: LocalProviders['byName'],
): Promise<void> {
  const client = new SecretsManagerClient({ endpoint, region, credentials });
  for (const { settings, secret } of Object.values(providers)) {
    if (secret === undefined) continue;
    const SecretString = JSON.stringify(secret);
    try {
      await client.send(new CreateSecretCommand({ Name: settings.secretId, SecretString }));
    } catch (error) {
      if (!(error instanceof ResourceExistsException)) throw error;
      await client.send(new PutSecretValueCommand({ SecretId: settings.secretId, SecretString }));
    }
  }
  client.destroy();
}
