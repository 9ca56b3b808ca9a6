import { Duration } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type Code,
  type IVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { createFunctionRole } from './function-role.ts';

export interface VendingFunctionProps {
  readonly code: Code;
  readonly logGroup: ILogGroup;
  readonly memoryMb: number;
  readonly logLevel: 'info' | 'warn';
  readonly reservedConcurrency: number | undefined;
  readonly provisionedConcurrency: number | undefined;
}

/** The function that vends. Callers reach it only through its alias `live`. */
export class VendingFunction extends Construct {
  readonly alias: Alias;
  readonly role: IRole;
  /** A dimension of the function's metrics. */
  readonly functionName: string;

  constructor(scope: Construct, id: string, props: VendingFunctionProps) {
    super(scope, id);
    this.role = createFunctionRole(this, 'Runs the vending function', props.logGroup);
    const lambda = new LambdaFunction(this, 'Function', {
      description: 'Vends OAuth 2.0 access tokens',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code,
      handler: props.provisionedConcurrency === undefined ? 'index.handler' : 'provisioned.handler',
      // Room for a retry; API Gateway itself gives up after 29 s.
      timeout: Duration.seconds(15),
      memorySize: props.memoryMb,
      role: this.role,
      logGroup: props.logGroup,
      // The function writes its own line of JSON a vend; Lambda adds one only when an invocation fails.
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: props.logLevel === 'warn' ? ApplicationLogLevel.WARN : ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    this.functionName = lambda.functionName;
    this.alias = new Alias(this, 'Live', {
      aliasName: 'live',
      version: lambda.currentVersion as IVersion,
      ...(props.provisionedConcurrency === undefined
        ? {}
        : { provisionedConcurrentExecutions: props.provisionedConcurrency }),
    });
  }
}
