import { mkdirSync } from 'node:fs';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import { writeSettings } from '../../infra/functions/settings-file.ts';
import type { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startTokenStore, type TokenStore } from '../../local/token-table/token-store.ts';

/** The secret that every contestant reads. */
const secretId = 'token-vending/bench/prove';

/** Its content, as Prove's server is told. */
export const clientCredentials = { clientId: 'bench', clientSecret: 'bench' };

/** @returns the store with the secret in it */
export function addSecret<Store extends SecretStore>(store: Store): Store {
  const { clientId: client_id, clientSecret: client_secret } = clientCredentials;
  store.CreateSecret({ Name: secretId, SecretString: JSON.stringify({ client_id, client_secret }) });
  return store;
}

/** A table in a process of its own. */
export function startBenchTokenStore(): ReturnType<typeof startTokenStore> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const onWarning = (warning: string) => {
    throw new Error(warning);
  };
  return startTokenStore({ credentials, onWarning });
}

export interface ContestantBackends {
  readonly tokenUrl: string;
  readonly secretsManagerUrl: string;
  /** Of the provider; without them it is Prove, which has none. */
  readonly scopes?: NonNullable<ProviderSettings['scopes']>;
  /** Of this service; without it each instance obtains its own tokens. */
  readonly tokenStore?: TokenStore | undefined;
  /** Of this service; `info` unless said. */
  readonly logLevel?: 'info' | 'warn';
}

/**
 * Points a contestant at backends: this service by a settings file, its peers by environment variables.
 *
 * @param taskRoot folder for the settings file, beside the bundle where `startInstance` runs it. Instances that share a
 *   bundle but not a token URL each need their own.
 * @returns environment variables
 */
export function contestantEnvironment(
  { tokenUrl, secretsManagerUrl, scopes, tokenStore, logLevel = 'info' }: ContestantBackends,
  taskRoot: string,
): Record<string, string> {
  mkdirSync(taskRoot, { recursive: true });
  const dialect = scopes === undefined ? { dialect: 'prove' as const } : { scopes };
  const providers = { prove: { tokenUrl, secretId, ...dialect } };
  writeSettings(taskRoot, { logLevel, providers, ...(tokenStore && { tokenStore: { table: tokenStore.table } }) });
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl,
    ...(tokenStore && { AWS_ENDPOINT_URL_DYNAMODB: tokenStore.endpoint }),
    LAMBDA_TASK_ROOT: taskRoot,
    TOKEN_URL: tokenUrl,
    SECRET_ID: secretId,
  };
}
