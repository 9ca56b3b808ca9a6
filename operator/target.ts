import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CredentialsKind, credentialsKind } from '../functions/shared/secrets/client-credentials.ts';
import { parseProviders } from '../functions/shared/settings/config.ts';
import type { Provider } from '../functions/shared/settings/provider-settings.ts';
import { environments } from '../infra/environments.ts';
import { parseEnvironments } from '../infra/settings/parse-environments.ts';
import { OperatorError } from './operator-error.ts';

/** One provider's secret in one environment. */
export interface Target extends Environment {
  readonly secretId: string;
  /** What the secret has to hold. */
  readonly kind: CredentialsKind;
}

interface Environment {
  readonly secretsManager: SecretsManagerClient;
  readonly lambda: LambdaClient;
  readonly providers: ReadonlyMap<string, Provider>;
  /** The rotation function's log, if it is a file. */
  readonly logFile: string | undefined;
  /** Where to read why a step failed. */
  readonly whereToLook: string;
}

export interface TargetNames {
  readonly environment: string;
  readonly provider: string;
  /** The folder of the local stack's `stack.json`. */
  readonly directory: string;
}

/** @throws OperatorError if there is no such environment or provider */
export async function findTarget({
  environment: name,
  provider: providerName,
  directory,
}: TargetNames): Promise<Target> {
  const environment = name === 'local' ? await findLocal(directory) : findDeployed(name);
  const provider = environment.providers.get(providerName);
  if (provider !== undefined) return { ...environment, secretId: provider.secretId, kind: credentialsKind(provider) };
  const known = [...environment.providers.keys()].join(', ');
  throw new OperatorError(`${name} has no provider ${JSON.stringify(providerName)}; it has ${known}.`);
}

/** A request without an answer must not prevent labels from being put back. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000 };
/** The rotation function has 60 s. */
const lambdaRequestHandler = { ...requestHandler, requestTimeout: 70_000 };

async function findLocal(directory: string): Promise<Environment> {
  const file = join(directory, 'stack.json');
  const json = await readFile(file, 'utf8').catch(() => {
    throw new OperatorError(`There is no ${file}: start the local stack first, with npm start.`);
  });
  const stack = JSON.parse(json) as { secretsManager: string; region: string; providers: object };
  // One address for both services, as an emulator has it.
  const { region, secretsManager: endpoint } = stack;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const logFile = join(directory, 'rotate.log');
  return {
    secretsManager: new SecretsManagerClient({ endpoint, region, credentials, requestHandler }),
    lambda: new LambdaClient({ endpoint, region, credentials, requestHandler: lambdaRequestHandler }),
    providers: parseProviders(stack.providers, file),
    logFile,
    whereToLook: `See ${logFile}.`,
  };
}

/** In AWS, or wherever `AWS_ENDPOINT_URL` points, with the AWS credentials in use. */
function findDeployed(name: string): Environment {
  const environment = parseEnvironments(environments).get(name);
  if (environment === undefined) {
    const known = ['local', ...Object.keys(environments)].join(', ');
    throw new OperatorError(`There is no environment ${JSON.stringify(name)}; there are ${known}.`);
  }
  const settings = [...environment.providers].map(([provider, parsed]) => [provider, parsed.settings]);
  const region = environment.region === undefined ? {} : { region: environment.region };
  return {
    secretsManager: new SecretsManagerClient({ ...region, requestHandler }),
    lambda: new LambdaClient({ ...region, requestHandler: lambdaRequestHandler }),
    providers: parseProviders(Object.fromEntries(settings), `${name}.providers`),
    logFile: undefined,
    whereToLook: `Its log says why: aws logs tail /token-vending/${name}/rotate --since 10m`,
  };
}
