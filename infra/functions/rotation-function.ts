import { Duration, Stack } from 'aws-cdk-lib';
import { type IRole, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ClientSecret } from '../secrets/client-secret.ts';
import { createFunctionRole } from './function-role.ts';

export interface RotationFunctionProps {
  readonly code: Code;
  readonly logGroup: ILogGroup;
}

/** The function that Secrets Manager calls, step by step, when somebody rotates a secret. */
export class RotationFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: RotationFunctionProps) {
    super(scope, id);
    this.role = createFunctionRole(this, 'Runs the rotation function', props.logGroup);
    this.lambda = new LambdaFunction(this, 'Function', {
      description: "Proves new client credentials at the provider and makes them the secret's current ones",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code,
      handler: 'index.handler',
      // Every provider of the secret is asked, one after the other, with retries.
      timeout: Duration.seconds(60),
      memorySize: 256,
      role: this.role,
      logGroup: props.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
    });
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
    this.lambda.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
  }

  /** Lets RotateSecret call the function for a secret. Without rules Secrets Manager starts nothing by itself. */
  rotates(secret: ClientSecret): void {
    const schedule = new CfnRotationSchedule(secret, 'Rotation', {
      secretId: secret.arn,
      rotationLambdaArn: this.lambda.functionArn,
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager makes sure that it may call the function, which must be able to read: its whole role comes first.
    schedule.node.addDependency(this.lambda, this.role);
  }
}
