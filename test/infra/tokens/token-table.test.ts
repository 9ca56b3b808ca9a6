import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { prove } from '../../../infra/settings/providers.ts';
import { findOne, roleStatements } from '../support/find-policies.ts';
import { isAllowed, type Statement } from '../support/iam-policy.ts';
import { resolveTemplate } from '../support/resolve-template.ts';
import { account, region, synthesize } from '../support/synthesize.ts';

const template = synthesize({ tokenStore: 'dynamodb' });
const type = 'AWS::DynamoDB::Table';

describe('the token table', () => {
  test('exists only if the settings say so', () => {
    expect(JSON.stringify(synthesize().toJSON())).not.toMatch(/dynamodb/i);
  });

  test('is on demand, encrypted with the stack’s key, and forgets expired items', () => {
    template.hasResourceProperties(type, {
      TableName: 'token-vending-test',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: {
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SecretsKey'), 'Arn'] },
      },
    });
  });

  test('has neither a stream nor point-in-time recovery', () => {
    template.hasResourceProperties(type, {
      StreamSpecification: Match.absent(),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    });
  });

  test('outlives the stack if everything else does', () => {
    template.hasResource(type, { DeletionPolicy: 'RetainExceptOnCreate' });
    synthesize({ tokenStore: 'dynamodb', removal: 'destroy' }).hasResource(type, { DeletionPolicy: 'Delete' });
  });

  test('has a key even if another team owns all secrets', () => {
    const existingSecret = { arn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prove-AbCdEf' };
    const providers = { prove: prove({ server: 'uat-us', existingSecret }) };
    synthesize({ providers, tokenStore: 'dynamodb' }).resourceCountIs('AWS::KMS::Key', 2);
  });
});

describe('the items of the token table', () => {
  const resources = resolveTemplate(template);
  const table = `arn:aws:dynamodb:${region}:${account}:table/token-vending-test`;
  const statements: readonly Statement[] = findOne(resources, type)[1].Properties['ResourcePolicy'].PolicyDocument
    .Statement;
  const [vendRole] = findOne(resources, 'AWS::IAM::Role', 'Vend');
  const [rotateRole] = findOne(resources, 'AWS::IAM::Role', 'Rotate');
  const everything: readonly Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

  function may(role: string, name: string, identity = roleStatements(resources, role), resource = table): boolean {
    const principal = `arn:aws:iam::${account}:role/${role}`;
    const policies = { identity, resource: statements, resourceAccount: account };
    return isAllowed({ principal, action: `dynamodb:${name}`, resource }, policies);
  }

  test.each(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'])('are for the vending function alone: %s', (name) => {
    expect(may(vendRole, name)).toBe(true);
    expect(may(vendRole, name, undefined, `${table}-2`)).toBe(false);
    expect(may(rotateRole, name)).toBe(false);
    expect(may('AdministratorAccess', name, everything)).toBe(false);
  });

  test.each(['Scan', 'Query', 'BatchGetItem', 'BatchWriteItem', 'PartiQLSelect', 'PartiQLUpdate'])(
    'are for no one in bulk: %s',
    (name) => {
      expect(may(vendRole, name)).toBe(false);
      expect(may(vendRole, name, everything)).toBe(false);
      expect(may('AdministratorAccess', name, everything)).toBe(false);
    },
  );

  test('do not keep CloudFormation from changing or deleting the table', () => {
    for (const name of ['DescribeTable', 'UpdateTable', 'UpdateTimeToLive', 'DeleteTable', 'PutResourcePolicy']) {
      expect([name, may('deployer', name, everything)]).toEqual([name, true]);
    }
  });

  test('are decrypted through DynamoDB only', () => {
    const [keyId, { Properties }] = findOne(resources, 'AWS::KMS::Key', 'Secrets');
    const mayDecrypt = (context: Readonly<Record<string, string>>): boolean =>
      isAllowed(
        {
          principal: `arn:aws:iam::${account}:role/${vendRole}`,
          action: 'kms:Decrypt',
          resource: `arn:aws:kms:${region}:${account}:key/${keyId}`,
          context,
        },
        {
          identity: roleStatements(resources, vendRole),
          resource: Properties['KeyPolicy'].Statement,
          resourceAccount: account,
          isKey: true,
        },
      );
    expect(mayDecrypt({ 'kms:ViaService': `dynamodb.${region}.amazonaws.com` })).toBe(true);
    expect(mayDecrypt({})).toBe(false);
  });
});
