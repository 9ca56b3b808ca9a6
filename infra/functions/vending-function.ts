import { Duration, Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Alias, type IVersion } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionNetwork } from '../network/function-network.ts';
import { replicaRoleName } from '../secrets/replicas.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { createLambdaFunction } from './lambda-function.ts';

export interface VendingFunctionProps {
  readonly environment: ParsedEnvironment;
  /** Folder with the bundle: `index.js` and `provisioned.mjs`, each of which exports `handler`. */
  readonly bundleDirectory: string;
  readonly logGroup: ILogGroup;
  readonly network: FunctionNetwork | undefined;
}

/** The function that vends. Callers reach it only through its alias `live`. */
export class VendingFunction extends Construct {
  readonly alias: Alias;
  readonly role: Role;
  /** A dimension of the function's metrics. */
  readonly functionName: string;

  constructor(scope: Construct, id: string, props: VendingFunctionProps) {
    super(scope, id);
    const { replicaOf, memoryMb, reservedConcurrency, provisionedConcurrency } = props.environment;
    const { lambda, role } = createLambdaFunction(this, {
      ...props,
      roleName: replicaOf === undefined ? undefined : replicaRoleName(replicaOf, Stack.of(this).region),
      description: 'Vends OAuth 2.0 access tokens',
      handler: provisionedConcurrency === undefined ? 'index.handler' : 'provisioned.handler',
      // Time for a retry. API Gateway itself gives up after 29 s.
      timeout: Duration.seconds(15),
      memorySize: memoryMb,
      reservedConcurrentExecutions: reservedConcurrency,
    });
    this.role = role;
    this.functionName = lambda.functionName;
    this.alias = new Alias(this, 'Live', {
      aliasName: 'live',
      version: lambda.currentVersion as IVersion,
      ...(provisionedConcurrency === undefined ? {} : { provisionedConcurrentExecutions: provisionedConcurrency }),
    });
  }
}
