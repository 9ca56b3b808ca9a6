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
  readonly provider: Provider;
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
export async function findTarget(
  { environment: name, provider: providerName, directory }: TargetNames,
  entries = environments,
): Promise<Target> {
  const environment = name === 'local' ? await findLocal(directory) : findDeployed(name, entries);
  const provider = environment.providers.get(providerName);
  if (provider !== undefined) {
    return { ...environment, provider, secretId: provider.secretId, kind: credentialsKind(provider) };
  }
  const known = [...environment.providers.keys()].join(', ');
  throw new OperatorError(`${name} has no provider ${JSON.stringify(providerName)}; it has ${known}.`);
}

/** A request without an answer must not prevent labels from being put back. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000 };
/** The rotation function has 60 s. */
const lambdaRequestHandler = { ...requestHandler, requestTimeout: 70_000 };

async function findLocal(directory: string): Promise<Environment> {
  // One address for both services, as an emulator has it.
  const { region, secretsManager: endpoint, providers } = await readLocalStack(directory);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const logFile = join(directory, 'rotate.log');
  return {
    secretsManager: new SecretsManagerClient({ endpoint, region, credentials, requestHandler }),
    lambda: new LambdaClient({ endpoint, region, credentials, requestHandler: lambdaRequestHandler }),
    providers,
    logFile,
    whereToLook: `See ${logFile}.`,
  };
}

/** What the local stack's `stack.json` says, as far as commands need it. */
export interface LocalStack {
  readonly endpoint?: string;
  readonly region: string;
  readonly callers?: Readonly<Record<string, LocalCaller>>;
  readonly secretsManager: string;
  readonly lambda?: { readonly endpoint: string; readonly vendingFunctionArn: string };
  readonly providers: ReadonlyMap<string, Provider>;
}

interface LocalCaller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** @throws OperatorError if no stack runs */
export async function readLocalStack(directory: string): Promise<LocalStack> {
  const file = join(directory, 'stack.json');
  const json = await readFile(file, 'utf8').catch(() => {
    throw new OperatorError(`There is no ${file}: start the local stack first, with npm start.`);
  });
  const stack = JSON.parse(json) as Omit<LocalStack, 'providers'> & { readonly providers: object };
  return { ...stack, providers: parseProviders(stack.providers, file) };
}

/** In AWS, or wherever `AWS_ENDPOINT_URL` points, with the AWS credentials in use. */
function findDeployed(name: string, entries: typeof environments): Environment {
  const environment = findEnvironment(name, entries);
  const { replicaOf } = environment;
  if (replicaOf !== undefined) {
    throw new OperatorError(`${name} uses replicas of ${replicaOf}'s secrets. Do this there: --env ${replicaOf}.`);
  }
  const region = environment.region === undefined ? {} : { region: environment.region };
  return {
    secretsManager: new SecretsManagerClient({ ...region, requestHandler }),
    lambda: new LambdaClient({ ...region, requestHandler: lambdaRequestHandler }),
    providers: environment.providers,
    logFile: undefined,
    whereToLook: `Its log says why: aws logs tail /token-vending/${name}/rotate --since 10m`,
  };
}

export interface NamedEnvironment {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Undefined: the one that the AWS configuration names. */
  readonly region: string | undefined;
  readonly logLevel: 'info' | 'warn';
  /** The environment whose secrets it uses; undefined: its own. */
  readonly replicaOf: string | undefined;
}

/** @throws OperatorError if `infra/environments.ts` has no such environment */
export function findEnvironment(name: string, entries = environments): NamedEnvironment {
  const environment = parseEnvironments(entries).get(name);
  if (environment === undefined) {
    const known = ['local', ...Object.keys(entries)].join(', ');
    throw new OperatorError(`There is no environment ${JSON.stringify(name)}; there are ${known}.`);
  }
  const settings = [...environment.providers].map(([provider, parsed]) => [provider, parsed.settings]);
  return {
    providers: parseProviders(Object.fromEntries(settings), `${name}.providers`),
    region: environment.region,
    logLevel: environment.logLevel,
    replicaOf: environment.replicaOf,
  };
}
