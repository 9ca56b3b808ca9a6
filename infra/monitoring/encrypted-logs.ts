import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface EncryptedLogsProps {
  readonly environmentName: string;
  readonly retentionDays: number;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The log groups `/token-vending/{environment}/…` and the key that encrypts them and the alarm messages. The secrets have
 * another key, which the services that write logs and messages cannot use.
 */
export class EncryptedLogs extends Construct {
  readonly key: Key;
  private readonly props: EncryptedLogsProps;

  constructor(scope: Construct, id: string, props: EncryptedLogsProps) {
    super(scope, id);
    this.props = props;
    this.key = new Key(this, 'Key', {
      description: `Encrypts logs and alarm messages of TokenVending-${props.environmentName}`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
    });
    const { partition, region, account } = Stack.of(this);
    const logGroups = `arn:${partition}:logs:${region}:${account}:log-group:/token-vending/${props.environmentName}/*`;
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EncryptLogs',
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
      }),
    );
  }

  /**
   * @param name `vend` (one line per vend), `rotate` (one per step), `probe` (one per run), `access` (API Gateway's, one per
   *   request) or `events` (AWS's, rare)
   */
  createLogGroup(name: 'vend' | 'rotate' | 'probe' | 'access' | 'events'): LogGroup {
    const { environmentName, retentionDays, removalPolicy } = this.props;
    return new LogGroup(this, name, {
      logGroupName: `/token-vending/${environmentName}/${name}`,
      encryptionKey: this.key,
      retention: retentionDays satisfies RetentionDays,
      removalPolicy,
    });
  }
}
