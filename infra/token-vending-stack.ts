import { CfnOutput, RemovalPolicy, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { CallerPolicies } from './api/caller-policies.ts';
import { VendingApi } from './api/vending-api.ts';
import { RotationFunction } from './functions/rotation-function.ts';
import { SafeDeployment } from './functions/safe-deployment.ts';
import { VendingFunction } from './functions/vending-function.ts';
import { alarmTopic } from './monitoring/alarm-topic.ts';
import { CredentialAlarms } from './monitoring/credential-alarms.ts';
import { EncryptedLogs } from './monitoring/encrypted-logs.ts';
import { ErrorAlarms } from './monitoring/error-alarms.ts';
import { ClientSecrets } from './secrets/client-secrets.ts';
import { outputSuffix } from './settings/contradictions.ts';
import type { ParsedEnvironment } from './settings/environment.ts';
import { TokenTable } from './tokens/token-table.ts';

export interface TokenVendingStackProps extends StackProps {
  readonly environment: ParsedEnvironment;
  /** Folder with the vending function's bundle. */
  readonly vendDirectory: string;
  /** Folder with the rotation function's bundle. */
  readonly rotateDirectory: string;
}

/** Everything in one environment. */
export class TokenVendingStack extends Stack {
  private readonly api: VendingApi;

  constructor(scope: Construct, id: string, props: TokenVendingStackProps) {
    const { environment, vendDirectory, rotateDirectory, ...stackProps } = props;
    const isRetained = environment.removal === 'retain';
    super(scope, id, { terminationProtection: isRetained, ...stackProps });
    // Anything with a name must be deleted if its first creation is rolled back, or the next try finds the name taken.
    const removalPolicy = isRetained ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
    const secrets = new ClientSecrets(this, 'Secrets', { environment, removalPolicy });
    const logs = new EncryptedLogs(this, 'Logs', {
      environmentName: environment.name,
      retentionDays: environment.logRetentionDays,
      removalPolicy,
    });
    const vend = new VendingFunction(this, 'Vend', {
      environment,
      bundleDirectory: vendDirectory,
      logGroup: logs.createLogGroup('vend'),
    });
    secrets.grantRead(vend.role);
    if (environment.tokenTable !== undefined) {
      new TokenTable(this, 'Tokens', {
        name: environment.tokenTable,
        key: secrets.key,
        removalPolicy,
        user: vend.role,
      });
    }
    const rotation = secrets.created.size === 0 ? undefined : this.addRotation(props, secrets, logs);
    this.api = new VendingApi(this, 'Api', {
      environment,
      handler: vend.alias as IFunction,
      accessLog: logs.createLogGroup('access'),
    });
    const callers = new CallerPolicies(this, 'Callers', { environment, api: this.api });
    const topic = alarmTopic(this, 'AlarmTopic', { alarms: environment.alarms, key: logs.key });
    const alarms = new ErrorAlarms(this, 'Alarms', {
      alias: vend.alias,
      restApi: this.api.restApi,
      topic,
    });
    new CredentialAlarms(this, 'CredentialAlarms', {
      vendFunctionName: vend.functionName,
      rotate: rotation?.lambda,
      maxAgeDays: environment.credentialMaxAgeDays,
      topic,
    });
    if (environment.deployment === 'canary') {
      new SafeDeployment(this, 'Deployment', { alias: vend.alias, alarms: alarms.all });
    }
    Tags.of(this).add('service', 'token-vending');
    Tags.of(this).add('environment', environment.name);
    this.addOutputs(environment, secrets, callers);
  }

  /** Lets an identity of the same CDK app vend tokens of one provider. */
  grantVend(grantee: IGrantable, provider: string): Grant {
    return this.api.grantVend(grantee, provider);
  }

  private addRotation(
    { environment, rotateDirectory }: TokenVendingStackProps,
    secrets: ClientSecrets,
    logs: EncryptedLogs,
  ): RotationFunction {
    const rotation = new RotationFunction(this, 'Rotate', {
      environment,
      bundleDirectory: rotateDirectory,
      logGroup: logs.createLogGroup('rotate'),
    });
    secrets.grantRotate(rotation);
    return rotation;
  }

  private addOutputs({ endpoint }: ParsedEnvironment, secrets: ClientSecrets, callers: CallerPolicies): void {
    new CfnOutput(this, 'Region', { value: this.region });
    new CfnOutput(this, 'Endpoint', { value: this.api.endpoint, description: 'POST {Endpoint}/tokens/{provider}' });
    for (const vpcEndpointId of endpoint.type === 'PRIVATE' ? endpoint.vpcEndpointIds : []) {
      const value = this.api.endpointVia(vpcEndpointId);
      const description = 'The same without private DNS';
      new CfnOutput(this, `EndpointVia${outputSuffix(vpcEndpointId)}`, { value, description });
    }
    for (const [provider, arn] of secrets.arns) {
      new CfnOutput(this, `SecretArn${outputSuffix(provider)}`, { value: arn });
    }
    for (const [policy, { managedPolicyArn }] of callers.vend) {
      new CfnOutput(this, `CallerPolicyArn${outputSuffix(policy)}`, { value: managedPolicyArn });
    }
    new CfnOutput(this, 'HealthPolicyArn', { value: callers.health.managedPolicyArn });
  }
}
