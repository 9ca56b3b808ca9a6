import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { Credentials } from '../../functions/probe/api-client.ts';
import type { ProbeDeps } from '../../functions/probe/probe.ts';
import { OperatorError } from '../operator-error.ts';
import { findEnvironment, readLocalStack } from '../target.ts';
import type { ProbeOptions } from './options.ts';

/** An environment as the probes need it. */
export interface ProbeTarget extends Pick<ProbeDeps, 'providers' | 'secrets' | 'vendingFunction'> {
  readonly endpoint: string;
  readonly region: string;
  readonly readCredentials: () => Promise<Credentials>;
  /** Whether the credentials may do no more than a caller. */
  readonly isCaller: boolean;
}

const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000 };

/** The local stack, with the keys of its caller `prober`. @throws OperatorError */
export async function findLocalTarget(options: ProbeOptions): Promise<ProbeTarget> {
  const stack = await readLocalStack(options.directory);
  const credentials = stack.callers?.['prober'];
  if (credentials === undefined || stack.endpoint === undefined) {
    throw new OperatorError(
      `The stack in ${options.directory} has no caller "prober": start it again, with npm start.`,
    );
  }
  const { region, secretsManager, lambda, providers } = stack;
  const client = { region, credentials, requestHandler, maxAttempts: 2 };
  const skipBecause = 'the stack uses another Secrets Manager, which does not know its callers';
  return {
    endpoint: options.endpoint ?? stack.endpoint,
    region,
    readCredentials: async () => credentials,
    isCaller: true,
    providers,
    secrets:
      lambda === undefined
        ? { skipBecause }
        : { client: new SecretsManagerClient({ ...client, endpoint: secretsManager }) },
    vendingFunction:
      lambda === undefined
        ? { skipBecause: 'the stack uses another Secrets Manager, so nothing here answers for Lambda' }
        : { client: new LambdaClient({ ...client, endpoint: lambda.endpoint }), arn: lambda.vendingFunctionArn },
  };
}

/** What is deployed in AWS, or wherever `AWS_ENDPOINT_URL` points, with the AWS credentials in use. @throws OperatorError */
export async function findDeployedTarget(options: ProbeOptions): Promise<ProbeTarget> {
  const { providers, region: own } = findEnvironment(options.environment);
  const { outputs, region } = await readStackOutputs(options.environment, own);
  const endpoint = options.endpoint ?? outputs.get('Endpoint');
  if (endpoint === undefined) throw new OperatorError(`The stack has no output Endpoint; name it by --endpoint.`);
  const arn = outputs.get('VendingFunctionArn');
  const client = { region, requestHandler, maxAttempts: 2 };
  return {
    endpoint,
    region,
    readCredentials: fromNodeProviderChain(),
    isCaller: false,
    providers,
    secrets: { client: new SecretsManagerClient(client) },
    vendingFunction:
      arn === undefined
        ? { skipBecause: 'the stack says which function it is only with "prober: true"' }
        : { client: new LambdaClient(client), arn },
  };
}

export interface StackOutputs {
  readonly outputs: ReadonlyMap<string, string>;
  readonly region: string;
}

/** @throws OperatorError if the environment is not deployed */
export async function readStackOutputs(environment: string, region: string | undefined): Promise<StackOutputs> {
  const StackName = `TokenVending-${environment}`;
  const client = new CloudFormationClient({ ...(region !== undefined && { region }), requestHandler });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName })).catch((error: unknown) => {
    if ((error as Error).name !== 'ValidationError') throw error;
    throw new OperatorError(`There is no stack ${StackName} in this account and region.`);
  });
  const outputs = new Map(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  return { outputs, region: outputs.get('Region') ?? (await client.config.region()) };
}
