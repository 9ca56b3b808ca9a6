import { RemovalPolicy } from 'aws-cdk-lib';
import type { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CallerPolicies } from './api/caller-policies.ts';
import { HttpVendingApi } from './api/http-vending-api.ts';
import { RestVendingApi } from './api/rest-vending-api.ts';
import type { VendingApi } from './api/vending-api.ts';
import { RotationFunction } from './functions/rotation-function.ts';
import { SafeDeployment } from './functions/safe-deployment.ts';
import { VendingFunction } from './functions/vending-function.ts';
import { alarmTopic } from './monitoring/alarm-topic.ts';
import { CredentialAlarms } from './monitoring/credential-alarms.ts';
import { EncryptedLogs } from './monitoring/encrypted-logs.ts';
import { ErrorAlarms } from './monitoring/error-alarms.ts';
import { ClientSecrets } from './secrets/client-secrets.ts';
import type { ParsedEnvironment } from './settings/environment.ts';
import { TokenTable } from './tokens/token-table.ts';

export interface TokenVendingProps {
  readonly environment: ParsedEnvironment;
  /** Folder with the vending function's bundle. */
  readonly vendDirectory: string;
  /** Folder with the rotation function's bundle. */
  readonly rotateDirectory: string;
}

/** Everything in one environment, in whatever stack. It only composes. */
export class TokenVending extends Construct {
  readonly api: VendingApi;
  readonly secrets: ClientSecrets;
  readonly callers: CallerPolicies;
  /** Reads the secrets. The keeper of an existing secret may have to name it in the secret's own policy. */
  readonly vendingRole: IRole;

  constructor(scope: Construct, id: string, props: TokenVendingProps) {
    super(scope, id);
    const { environment, vendDirectory, rotateDirectory } = props;
    // Anything with a name must be deleted if its first creation is rolled back, or the next try finds the name taken.
    const removalPolicy =
      environment.removal === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
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
    this.vendingRole = vend.role;
    secrets.grantRead(vend.role);
    if (environment.tokenTable !== undefined) {
      const { key } = secrets;
      new TokenTable(this, 'Tokens', { name: environment.tokenTable, key, removalPolicy, user: vend.role });
    }
    const rotation =
      secrets.created.size === 0 ? undefined : this.addRotation(environment, rotateDirectory, secrets, logs);
    this.secrets = secrets;
    this.api = new (environment.api === 'http' ? HttpVendingApi : RestVendingApi)(this, 'Api', {
      environment,
      handler: vend.alias as IFunction,
      accessLog: logs.createLogGroup('access'),
    });
    this.callers = new CallerPolicies(this, 'Callers', { environment, api: this.api });
    this.addMonitoring(environment, vend, rotation, logs);
  }

  /** Lets an identity of the same CDK app vend tokens of one provider. */
  grantVend(grantee: IGrantable, provider: string): Grant {
    return this.api.grantVend(grantee, provider);
  }

  private addRotation(
    environment: ParsedEnvironment,
    bundleDirectory: string,
    secrets: ClientSecrets,
    logs: EncryptedLogs,
  ): RotationFunction {
    const logGroup = logs.createLogGroup('rotate');
    const rotation = new RotationFunction(this, 'Rotate', { environment, bundleDirectory, logGroup });
    secrets.grantRotate(rotation);
    return rotation;
  }

  private addMonitoring(
    environment: ParsedEnvironment,
    { alias, functionName }: VendingFunction,
    rotation: RotationFunction | undefined,
    { key }: EncryptedLogs,
  ): void {
    const topic = alarmTopic(this, 'AlarmTopic', { alarms: environment.alarms, key });
    const alarms = new ErrorAlarms(this, 'Alarms', { alias, api: this.api, topic });
    new CredentialAlarms(this, 'CredentialAlarms', {
      vendFunctionName: functionName,
      rotate: rotation?.lambda,
      maxAgeDays: environment.credentialMaxAgeDays,
      topic,
    });
    if (environment.deployment === 'canary') new SafeDeployment(this, 'Deployment', { alias, alarms: alarms.all });
  }
}
