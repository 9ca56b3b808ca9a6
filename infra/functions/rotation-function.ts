import { Duration, Stack } from 'aws-cdk-lib';
import { type IRole, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { FunctionNetwork } from '../network/function-network.ts';
import type { ClientSecret } from '../secrets/client-secret.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { createLambdaFunction } from './lambda-function.ts';

export interface RotationFunctionProps {
  readonly environment: ParsedEnvironment;
  /** Folder with the bundle: `index.js`, which exports `handler`. */
  readonly bundleDirectory: string;
  readonly logGroup: ILogGroup;
  readonly network: FunctionNetwork | undefined;
}

/** The function that Secrets Manager calls for each step of a rotation. */
export class RotationFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: RotationFunctionProps) {
    super(scope, id);
    const { lambda, role } = createLambdaFunction(this, {
      ...props,
      description: "Tests new client credentials at the provider and makes them the secret's current ones",
      handler: 'index.handler',
      // Time for every provider of the secret, in turn, with retries.
      timeout: Duration.seconds(60),
      memorySize: 256,
    });
    this.lambda = lambda;
    this.role = role;
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
    this.lambda.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
  }

  /** Lets RotateSecret call the function for a secret. Without rules Secrets Manager starts no rotation itself. */
  rotates(secret: ClientSecret): void {
    const schedule = new CfnRotationSchedule(secret, 'Rotation', {
      secretId: secret.arn,
      rotationLambdaArn: this.lambda.functionArn,
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager tests the call, and the function must be able to read the secret, so the role comes first.
    schedule.node.addDependency(this.lambda, this.role);
  }
}
