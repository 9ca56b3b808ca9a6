import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface OperationsKeyProps {
  readonly environmentName: string;
  /** The log groups that it encrypts: `*` allowed. */
  readonly logGroupNames: string;
  readonly removalPolicy: RemovalPolicy;
}

/** Encrypts logs and alarm messages. Apart from the secrets' key, so that the services which write them cannot use that. */
export class OperationsKey extends Key {
  constructor(scope: Construct, id: string, props: OperationsKeyProps) {
    super(scope, id, {
      description: `Encrypts logs and alarm messages of TokenVending-${props.environmentName}`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
    });
    const { partition, region, account } = Stack.of(this);
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EncryptLogs',
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:${props.logGroupNames}`,
          },
        },
      }),
    );
  }
}
