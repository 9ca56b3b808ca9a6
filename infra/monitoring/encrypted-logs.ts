import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { LogSubscription } from './log-subscription.ts';

export interface EncryptedLogsProps {
  readonly environment: ParsedEnvironment;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The log groups `/token-vending/{environment}/…` and the key that encrypts them and the alarm messages. The secrets have
 * another key, which the services that write logs and messages cannot use.
 */
export class EncryptedLogs extends Construct {
  readonly key: IKey;
  private readonly props: EncryptedLogsProps;
  private readonly subscription: LogSubscription | undefined;

  constructor(scope: Construct, id: string, props: EncryptedLogsProps) {
    super(scope, id);
    this.props = props;
    const { kmsKeys, logSubscription } = props.environment;
    this.key = kmsKeys.logsArn === undefined ? this.createKey() : Key.fromKeyArn(this, 'Key', kmsKeys.logsArn);
    this.subscription =
      logSubscription === undefined ? undefined : new LogSubscription(this, 'Subscription', logSubscription);
  }

  private createKey(): IKey {
    const { environment, removalPolicy } = this.props;
    const key = new Key(this, 'Key', {
      description: `Encrypts logs and alarm messages of TokenVending-${environment.name}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    const { partition, region, account } = Stack.of(this);
    const logGroups = `arn:${partition}:logs:${region}:${account}:log-group:/token-vending/${environment.name}/*`;
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EncryptLogs',
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
      }),
    );
    return key;
  }

  /**
   * @param name `vend` (one line per vend), `rotate` (one per step), `probe` (one per run), `access` (API Gateway's, one per
   *   request) or `events` (AWS's, rare)
   */
  createLogGroup(name: 'vend' | 'rotate' | 'probe' | 'access' | 'events'): LogGroup {
    const { environment, removalPolicy } = this.props;
    const logGroup = new LogGroup(this, name, {
      logGroupName: `/token-vending/${environment.name}/${name}`,
      encryptionKey: this.key,
      retention: environment.logRetentionDays satisfies RetentionDays,
      removalPolicy,
    });
    this.subscription?.add(logGroup);
    return logGroup;
  }
}
