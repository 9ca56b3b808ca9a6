import { describe, expect, test } from '@jest/globals';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { environments } from '../../infra/environments.ts';
import type { Environment } from '../../infra/settings/environment.ts';
import { prove } from '../../infra/settings/providers.ts';
import { findSpecFaults } from './support/service-spec.ts';
import { createTestApp, findStack } from './support/synthesize.ts';

const names = Object.keys(environments);
const app = createTestApp(environments);

function templateOf(from: App, name: string): object {
  return Template.fromStack(findStack(from, `TokenVending-${name}`)).toJSON();
}

interface Resource {
  readonly Type: string;
  readonly Properties?: unknown;
  readonly DeletionPolicy?: string;
}

function resourcesOf(from: App, name: string): Readonly<Record<string, Resource>> {
  return (templateOf(from, name) as { Resources: Record<string, Resource> }).Resources;
}

/** Every setting that adds resources, and the ones that leave some out. */
const variants: Readonly<Record<string, Environment>> = {
  everything: {
    providers: { prove: prove({ server: 'prod-us' }) },
    endpoint: { type: 'PRIVATE', vpcEndpointIds: ['vpce-0123456789abcdef0'] },
    callers: [
      {
        principalArns: ['arn:aws:iam::444455556666:root'],
        organizationIds: ['o-exampleorg1'],
        providers: ['prove'],
      },
    ],
    reservedConcurrency: 10,
    provisionedConcurrency: 2,
    alarms: { email: 'operators@example.com' },
    secretAdministratorArns: ['arn:aws:iam::111122223333:role/secret-administrator'],
    callerPolicies: { billing: ['prove'] },
    webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/acl/00000000-0000-0000-0000-000000000000',
    tracing: 'xray',
  },
  'borrowed-parts': {
    providers: {
      prove: prove({
        server: 'prod-us',
        existingSecret: {
          arn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prove-AbCdEf',
          keyArn: 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000',
        },
      }),
    },
    alarms: { topicArn: 'arn:aws:sns:us-east-1:111122223333:alarms' },
    apiGatewayLogRole: 'existing',
  },
};

describe('the environments', () => {
  test('are dev, staging and prod, a stack each', () => {
    expect(
      app.node.children.filter(({ node }) => node.id.startsWith('TokenVending-')).map(({ node }) => node.id),
    ).toEqual(['TokenVending-dev', 'TokenVending-staging', 'TokenVending-prod']);
  });

  test.each(names)('%s agrees with AWS’s specification of every resource', (name) => {
    expect(findSpecFaults(resourcesOf(app, name))).toEqual([]);
  });

  test.each(Object.keys(variants))('agree with it also with %s', (name) => {
    expect(findSpecFaults(resourcesOf(createTestApp(variants), name))).toEqual([]);
  });

  test('leave cdk-nag no finding without a reason, with every setting', () => {
    const everything = createTestApp({ ...environments, ...variants });
    const { violations } = new AwsSolutionsChecks(everything).validateScope(everything);
    expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });

  test('would hear of one', () => {
    const other = createTestApp({ dev: { providers: { prove: prove({ server: 'uat-us' }) } } });
    new Bucket(findStack(other, 'TokenVending-dev'), 'Bucket');
    const { violations } = new AwsSolutionsChecks(other).validateScope(other);
    expect(violations.map(({ ruleName }) => ruleName)).toContain('AwsSolutions-S10');
  });

  test('look as they did: prod', () => {
    expect(withoutHashes(templateOf(app, 'prod'))).toMatchSnapshot();
  });

  test('retain what prod cannot lose, except where its first creation fails, and protect its stack', () => {
    expect(typesWith('prod', 'RetainExceptOnCreate')).toEqual([
      'AWS::KMS::Key',
      'AWS::Lambda::Version',
      'AWS::Logs::LogGroup',
      'AWS::SecretsManager::ResourcePolicy',
      'AWS::SecretsManager::Secret',
    ]);
    // The account's role for API Gateway's logs. Neither has a name that a second try could find taken.
    expect(typesWith('prod', 'Retain')).toEqual(['AWS::ApiGateway::Account', 'AWS::IAM::Role']);
    expect(findStack(app, 'TokenVending-prod').terminationProtection).toBe(true);
    expect(findStack(app, 'TokenVending-dev').terminationProtection).toBe(false);
  });
});

function typesWith(environment: string, policy: string): string[] {
  const resources = Object.values(resourcesOf(app, environment));
  return [
    ...new Set(resources.flatMap(({ Type, DeletionPolicy }) => (DeletionPolicy === policy ? [Type] : []))),
  ].sort();
}

/** Content and definition hashes change with what they are of; the template they sit in is what is looked at. */
function withoutHashes(template: object): object {
  const text = JSON.stringify(template)
    .replace(/[0-9a-f]{64}/g, 'HASH')
    .replace(/((?:CurrentVersion|Deployment)[0-9A-F]{8})[0-9a-f]{32}/g, '$1');
  return JSON.parse(text) as object;
}
