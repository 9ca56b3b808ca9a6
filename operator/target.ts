import { readFile } from 'node:fs/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CredentialsKind, credentialsKind } from '../functions/shared/secrets/client-credentials.ts';
import { parseProviders } from '../functions/shared/settings/config.ts';
import type { Provider } from '../functions/shared/settings/provider-settings.ts';
import { environments } from '../infra/environments.ts';
import { parseEnvironments } from '../infra/settings/parse-environments.ts';
import { OperatorError } from './operator-error.ts';

/** An environment as the operator's commands see it. */
export interface Target {
  readonly client: SecretsManagerClient;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly secretId: string;
  /** What the secret has to hold. */
  readonly kind: CredentialsKind;
  /** The rotation function's log, where it is a file. */
  readonly logFile: string | undefined;
  /** Where to read why a step failed. */
  readonly whereToLook: string;
}

/** @throws OperatorError where there is no such environment or provider */
export async function findTarget(environment: string, providerName: string): Promise<Target> {
  const { providers, ...rest } = environment === 'local' ? await findLocal() : findDeployed(environment);
  const provider = providers.get(providerName);
  if (provider !== undefined) {
    return { ...rest, providers, secretId: provider.secretId, kind: credentialsKind(provider) };
  }
  throw new OperatorError(
    `${environment} has no provider ${JSON.stringify(providerName)}; it has ${[...providers.keys()].join(', ')}.`,
  );
}

type Environment = Omit<Target, 'secretId' | 'kind'>;

async function findLocal(): Promise<Environment> {
  const file = '.local/stack.json';
  const json = await readFile(file, 'utf8').catch(() => {
    throw new OperatorError(`There is no ${file}: start the local stack first, with npm start.`);
  });
  const stack = JSON.parse(json) as { secretsManager: string; region: string; providers: object };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const logFile = '.local/rotate.log';
  return {
    client: new SecretsManagerClient({ endpoint: stack.secretsManager, region: stack.region, credentials }),
    providers: parseProviders(stack.providers, file),
    logFile,
    whereToLook: `Look into ${logFile}.`,
  };
}

/** In AWS, or whatever `AWS_ENDPOINT_URL` names, with the AWS credentials in use. */
function findDeployed(name: string): Environment {
  const environment = parseEnvironments(environments).get(name);
  if (environment === undefined) {
    const known = ['local', ...Object.keys(environments)].join(', ');
    throw new OperatorError(`There is no environment ${JSON.stringify(name)}; there are ${known}.`);
  }
  const settings = [...environment.providers].map(([provider, parsed]) => [provider, parsed.settings]);
  const { region } = environment;
  return {
    client: new SecretsManagerClient(region === undefined ? {} : { region }),
    providers: parseProviders(Object.fromEntries(settings), `${name}.providers`),
    logFile: undefined,
    whereToLook: `Its log says why: aws logs tail /token-vending/${name}/rotate --since 10m`,
  };
}
