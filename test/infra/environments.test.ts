import { describe, expect, jest, test } from '@jest/globals';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { environments } from '../../infra/environments.ts';
import type { Environment } from '../../infra/settings/environment.ts';
import { prove } from '../../infra/settings/providers.ts';
import { generatedEnvironments, replicatedEnvironments } from './support/generated-environments.ts';
import { createTestApp, findStack } from './support/synthesize.ts';
import { withoutHashes } from './support/without-hashes.ts';

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

describe('the environments', () => {
  test('are dev, staging and prod, one stack each', () => {
    expect(
      app.node.children.filter(({ node }) => node.id.startsWith('TokenVending-')).map(({ node }) => node.id),
    ).toEqual(['TokenVending-dev', 'TokenVending-staging', 'TokenVending-prod']);
  });

  test('share tokens between instances, except dev', () => {
    const tables = ['dev', 'staging', 'prod'].map((name) =>
      Object.values(resourcesOf(app, name)).filter(({ Type }) => Type === 'AWS::DynamoDB::Table'),
    );
    expect(tables.map(({ length }) => length)).toEqual([0, 1, 1]);
    expect(JSON.stringify(resourcesOf(app, 'dev'))).not.toMatch(/dynamodb/i);
  });

  test.each(Object.keys(generatedEnvironments))('can be synthesized with every setting: %s', (name) => {
    const one = createTestApp({ [name]: generatedEnvironments[name] as Environment });
    expect(() => one.synth()).not.toThrow();
  });

  test.each([
    ['a type that does not exist', 'Type', 'AWS::Lambda::Funktion', "Unknown resource type 'AWS::Lambda::Funktion'"],
    ['a property that does not exist', 'Properties.Timeot', 15, 'Timeot'],
    ['an inner property that does not exist', 'Properties.Code.S3Bukket', 'b', "'S3Bukket' was unexpected"],
    ['a missing property', 'Properties.Role', undefined, "'Role' is a required property"],
    ['a value of another type', 'Properties.Architectures', 'arm64', "'arm64' is not of type 'array'"],
  ])('are refused by CDK’s own validation for %s', (_, path, value, fault) => {
    const faulty = createTestApp({ dev: { providers: { prove: prove({ server: 'uat-us' }) } } });
    const isFunction = (construct: IConstruct) => construct instanceof CfnFunction;
    const [lambda] = findStack(faulty, 'TokenVending-dev').node.findAll().filter(isFunction);
    (lambda as CfnFunction).addOverride(path, value);
    const report = jest.spyOn(console, 'error').mockReturnValue();
    expect(() => faulty.synth()).toThrow(fault);
    report.mockRestore();
  });

  test('have a reason for every cdk-nag finding, with every setting', () => {
    const everything = createTestApp({ ...environments, ...generatedEnvironments, ...replicatedEnvironments });
    const { violations } = new AwsSolutionsChecks(everything).validateScope(everything);
    expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });

  test('would hear of one', () => {
    const other = createTestApp({ dev: { providers: { prove: prove({ server: 'uat-us' }) } } });
    new Bucket(findStack(other, 'TokenVending-dev'), 'Bucket');
    const { violations } = new AwsSolutionsChecks(other).validateScope(other);
    expect(violations.map(({ ruleName }) => ruleName)).toContain('AwsSolutions-S10');
  });

  test('match their snapshot: prod', () => {
    expect(withoutHashes(templateOf(app, 'prod'))).toMatchSnapshot();
  });

  test('retain what prod cannot lose, unless its first creation fails, and protect its stack', () => {
    expect(typesWith('prod', 'RetainExceptOnCreate')).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::KMS::Key',
      'AWS::Lambda::Version',
      'AWS::Logs::LogGroup',
      'AWS::SecretsManager::ResourcePolicy',
      'AWS::SecretsManager::Secret',
    ]);
    // The account's role for API Gateway's logs. Neither has a name that could be taken at a second try.
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
