import { type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import {
  AnyPrincipal,
  Effect,
  type IGrantable,
  type IRole,
  PolicyDocument,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface TokenTableProps {
  readonly name: string;
  readonly key: IKey;
  readonly removalPolicy: RemovalPolicy;
  /** The only role that may use the items. */
  readonly user: IRole & IGrantable;
}

/** What the token store does, one item at a time. */
export const itemActions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((name) => `dynamodb:${name}`);

/** What DynamoDB does with the key for the table's users. */
const keyActions = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
].map((name) => `kms:${name}`);

/** Everything else that reads or writes items. */
const bulkActions = [
  'BatchGetItem',
  'BatchWriteItem',
  'ConditionCheckItem',
  'PartiQLDelete',
  'PartiQLInsert',
  'PartiQLSelect',
  'PartiQLUpdate',
  'Query',
  'Scan',
].map((name) => `dynamodb:${name}`);

/**
 * The table through which the instances of an environment share tokens. The function seals the items, and they live as long as
 * a token, so there is nothing to stream, back up or scan.
 */
export class TokenTable extends Construct {
  constructor(scope: Construct, id: string, { name, key, removalPolicy, user }: TokenTableProps) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      tableName: name,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      removalPolicy,
      resourcePolicy: denyItemsToOthers(user),
    });
    Validations.of(table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'Its items are tokens that live for an hour: an older state of the table is worth nothing.',
    });
    this.grantItems(user, name, key);
  }

  /**
   * Items of this table only, and its key through DynamoDB only.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
   */
  private grantItems(user: IRole & IGrantable, name: string, key: IKey): void {
    const { partition, region, account } = Stack.of(this);
    const tableArn = `arn:${partition}:dynamodb:${region}:${account}:table/${name}`;
    user.addToPrincipalPolicy(new PolicyStatement({ sid: 'ShareTokens', actions: itemActions, resources: [tableArn] }));
    user.addToPrincipalPolicy(
      new PolicyStatement({
        sid: 'EncryptSharedTokens',
        actions: keyActions,
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
      }),
    );
  }
}

/** Explicit denials, so that no other policy of the account, however broad, opens the items to anyone else. */
function denyItemsToOthers(user: IRole): PolicyDocument {
  // `*` is the table; its ARN here would be a circular reference.
  const everyone = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: ['*'] };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        ...everyone,
        sid: 'DenyItemsToOthers',
        actions: itemActions,
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': user.roleArn } },
      }),
      new PolicyStatement({ ...everyone, sid: 'DenyAllButSingleItems', actions: bulkActions }),
    ],
  });
}
