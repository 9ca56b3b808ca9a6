import { describe, expect, test } from '@jest/globals';
import type { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../infra/create-app.ts';
import type { Environment } from '../../infra/settings/environment.ts';
import { EnvironmentsError } from '../../infra/settings/parse-environments.ts';
import { prove } from '../../infra/settings/providers.ts';
import { findOne, roleStatements } from './support/find-policies.ts';
import { resolveTemplate } from './support/resolve-template.ts';
import { account, findStack, region, stubBundles, synthesize } from './support/synthesize.ts';

const keyArn = (digit: string) =>
  `arn:aws:kms:us-east-1:111122223333:key/${digit.repeat(8)}-0000-0000-0000-000000000000`;

describe('kmsKeys', () => {
  const kmsKeys = { secretsArn: keyArn('1'), logsArn: keyArn('2') };
  const template = synthesize({
    kmsKeys,
    tokenStore: 'dynamodb',
    alarms: { page: { email: 'operators@example.com' } },
  });

  test('replace the stack’s own', () => {
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: kmsKeys.secretsArn });
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { KMSMasterKeyId: kmsKeys.secretsArn },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: kmsKeys.logsArn });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: kmsKeys.logsArn });
  });

  test('are what the functions may decrypt with', () => {
    for (const Sid of ['DecryptClientSecrets', 'EncryptSharedTokens']) {
      template.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Sid, Resource: kmsKeys.secretsArn })]) },
      });
    }
  });

  test('can be given one by one', () => {
    synthesize({ kmsKeys: { logsArn: kmsKeys.logsArn } }).resourceCountIs('AWS::KMS::Key', 1);
  });
});

describe('tags', () => {
  test('are on everything, besides those of the stack', () => {
    const template = synthesize({ tags: { 'cost-center': '4711' } });
    const tags = ['cost-center', 'environment', 'service'];
    for (const type of ['AWS::Lambda::Function', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key', 'AWS::IAM::Role']) {
      for (const { Properties } of Object.values(template.findResources(type))) {
        expect(Properties.Tags.map(({ Key }: { Key: string }) => Key)).toEqual(tags);
      }
    }
  });
});

describe('logSubscription', () => {
  const firehose = `arn:aws:firehose:${region}:${account}:deliverystream/logs`;
  const kinesis = `arn:aws:kinesis:${region}:${account}:stream/logs`;

  const logGroupsOf = (template: Template) => Object.keys(template.findResources('AWS::Logs::LogGroup')).length;

  test('is off by default', () => {
    synthesize().resourceCountIs('AWS::Logs::SubscriptionFilter', 0);
  });

  test.each([
    [firehose, ['firehose:PutRecord', 'firehose:PutRecordBatch']],
    [kinesis, ['kinesis:ListShards', 'kinesis:PutRecord', 'kinesis:PutRecords', 'iam:PassRole']],
  ])('sends every log group to %s with one role, which may do that and nothing else', (destinationArn, actions) => {
    const template = synthesize({ logSubscription: { destinationArn, filterPattern: 'ERROR' } });
    const resources = resolveTemplate(template);
    const [roleId] = findOne(resources, 'AWS::IAM::Role', 'LogsSubscription');
    template.resourceCountIs('AWS::Logs::SubscriptionFilter', logGroupsOf(template));
    template.allResourcesProperties('AWS::Logs::SubscriptionFilter', {
      DestinationArn: destinationArn,
      FilterPattern: 'ERROR',
      RoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] },
    });
    const statements = roleStatements(resources, roleId);
    expect(statements.flatMap(({ Action }) => Action)).toEqual(actions);
    expect(statements.map(({ Resource }) => Resource)).not.toContain('*');
  });

  test('permits a function to be called for each log group, and nothing else of the account', () => {
    const destinationArn = `arn:aws:lambda:${region}:${account}:function:forwarder`;
    const template = synthesize({ logSubscription: { destinationArn } });
    const permission = { FunctionName: destinationArn, Principal: 'logs.amazonaws.com' };
    const permissions = template.findResources('AWS::Lambda::Permission', { Properties: permission });
    expect(Object.values(permissions).map(({ Properties }) => Object.keys(Properties.SourceArn))).toEqual(
      Array.from({ length: logGroupsOf(template) }, () => ['Fn::GetAtt']),
    );
  });

  test('needs no role for a destination of CloudWatch Logs', () => {
    const destinationArn = `arn:aws:logs:${region}:444455556666:destination:central`;
    const template = synthesize({ logSubscription: { destinationArn } });
    template.allResourcesProperties('AWS::Logs::SubscriptionFilter', {
      DestinationArn: destinationArn,
      FilterPattern: '',
      RoleArn: Match.absent(),
    });
  });
});

test('mistakes are named all at once', () => {
  const mistaken = {
    kmsKeys: { secretsArn: 'alias/mine', logs: keyArn('2') },
    tags: { 'aws:mine': 'x' },
    logSubscription: { destinationArn: 'arn:aws:s3:::bucket' },
  } as unknown as Environment;
  const expected = [
    'test.kmsKeys.secretsArn must be the ARN of a KMS key (not of an alias)',
    'test.kmsKeys.logs is not a known key',
    'test.tags.aws:mine must be a tag key: up to 128 letters, digits, spaces and _.:/=+-@',
    'test.logSubscription.destinationArn must be the ARN of a Kinesis or Firehose stream, a Lambda function or a CloudWatch Logs destination',
  ];
  expect(mistakesOf(mistaken)).toEqual(expected);
  const elsewhere = keyArn('3').replace('us-east-1', 'eu-west-1');
  expect(mistakesOf({ kmsKeys: { logsArn: elsewhere } })).toEqual([
    'test.kmsKeys.logsArn is in eu-west-1, and this environment in us-east-1',
  ]);
});

function mistakesOf(overrides: Partial<Environment>): readonly string[] {
  try {
    synthesize(overrides);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentsError) return error.mistakes;
    throw error;
  }
}

/** What `cdk.json` or `cdk --context` gives, tried on the whole app. */
describe('context of cdk.json', () => {
  function synthesizeWith(context: Readonly<Record<string, unknown>>): Template {
    const app: App = createApp({
      environments: { test: { account, region, providers: { prove: prove({ server: 'uat-us' }) }, alarms: 'none' } },
      bundlesDirectory: stubBundles,
      props: { context: { 'aws:cdk:bundling-stacks': [], ...context } },
    });
    return Template.fromStack(findStack(app, 'TokenVending-test'));
  }

  test('@aws-cdk/core:permissionsBoundary is on every role', () => {
    const template = synthesizeWith({ '@aws-cdk/core:permissionsBoundary': { name: 'developer-boundary' } });
    const PermissionsBoundary = `arn:aws:iam::${account}:policy/developer-boundary`;
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary });
  });

  test('@aws-cdk/core:bootstrapQualifier names the execution role that may read the secrets', () => {
    const template = synthesizeWith({ '@aws-cdk/core:bootstrapQualifier': 'acme' });
    const policies = JSON.stringify(template.findResources('AWS::SecretsManager::ResourcePolicy'));
    expect(policies).toContain(`:role/cdk-acme-cfn-exec-role-${account}-${region}`);
    expect(policies).not.toContain('hnb659fds');
  });
});
