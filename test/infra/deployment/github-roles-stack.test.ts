import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { createGitHubApp } from '../../../infra/deployment/create-github-app.ts';
import { prove } from '../../../infra/settings/providers.ts';
import { findStack } from '../support/synthesize.ts';

const providers = { prove: prove({ server: 'uat-us' }) };
const environments = {
  dev: { providers, alarms: 'none' },
  prod: { providers, alarms: 'none', region: 'eu-west-1' },
} as const;

function synthesize(context: Readonly<Record<string, string>> = {}): Template {
  const app = createGitHubApp(environments, { context: { repository: 'acme/token-vending', ...context } });
  return Template.fromStack(findStack(app, 'TokenVending-github'));
}

const template = synthesize();

interface Statement {
  readonly Action: string;
  readonly Resource: unknown;
  readonly Condition?: object;
}

/** The statements of a role's policy, and of who may take it. */
function roleOf(
  from: Template,
  id: string,
): { readonly trust: readonly Statement[]; readonly allowed: readonly Statement[] } {
  const [, resource] = Object.entries(from.findResources('AWS::IAM::Role')).find(([name]) => name.startsWith(id)) ?? [];
  const { AssumeRolePolicyDocument, Policies } = resource?.['Properties'] ?? {};
  return { trust: AssumeRolePolicyDocument.Statement, allowed: Policies[0].PolicyDocument.Statement };
}

/** What CloudFormation makes of the ARNs, in short. */
const arnsOf = ({ Resource }: Statement): string[] =>
  [Resource]
    .flat()
    .map((arn) =>
      (arn as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1]
        .map((part) => (typeof part === 'string' ? part : `{${(part as { Ref: string }).Ref.replace('AWS::', '')}}`))
        .join(''),
    );

describe('the roles of GitHub’s workflows', () => {
  test('can be taken by this repository in this GitHub environment only, with a token made for STS', () => {
    for (const [id, context] of [
      ['DeployDev', 'environment:dev'],
      ['DeployProd', 'environment:prod'],
      ['Diff', 'pull_request'],
    ] as const) {
      const { trust } = roleOf(template, id);
      expect(trust).toEqual([
        {
          Action: 'sts:AssumeRoleWithWebIdentity',
          Effect: 'Allow',
          Principal: { Federated: { Ref: 'Provider' } },
          Condition: {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': `repo:acme/token-vending:${context}`,
            },
          },
        },
      ]);
    }
    template.resourceCountIs('AWS::IAM::Role', 3);
  });

  test('may deploy through the roles of cdk bootstrap, read the stack’s outputs and start the prober, and nothing else', () => {
    const { allowed } = roleOf(template, 'DeployProd');
    expect(allowed.map((statement) => [statement.Action, arnsOf(statement)])).toEqual([
      [
        'sts:AssumeRole',
        ['deploy-role', 'file-publishing-role', 'lookup-role'].map(
          (role) => `arn:{Partition}:iam::{AccountId}:role/cdk-hnb659fds-${role}-{AccountId}-eu-west-1`,
        ),
      ],
      [
        'cloudformation:DescribeStacks',
        ['arn:{Partition}:cloudformation:eu-west-1:{AccountId}:stack/TokenVending-prod/*'],
      ],
      ['lambda:InvokeFunction', ['arn:{Partition}:lambda:eu-west-1:{AccountId}:function:TokenVending-prod-Probe*']],
    ]);
  });

  test('for pull requests may only read, with the lookup role', () => {
    const { allowed } = roleOf(template, 'Diff');
    expect(allowed.every(({ Action }) => Action === 'sts:AssumeRole')).toBe(true);
    expect(allowed.flatMap(arnsOf).sort()).toEqual([
      'arn:{Partition}:iam::{AccountId}:role/cdk-hnb659fds-lookup-role-{AccountId}-eu-west-1',
      'arn:{Partition}:iam::{AccountId}:role/cdk-hnb659fds-lookup-role-{AccountId}-{Region}',
    ]);
  });

  test('take the app’s bootstrap qualifier', () => {
    const other = synthesize({ '@aws-cdk/core:bootstrapQualifier': 'acme' });
    expect(JSON.stringify(other.findResources('AWS::IAM::Role'))).toContain('cdk-acme-deploy-role');
    expect(JSON.stringify(other.findResources('AWS::IAM::Role'))).not.toContain('hnb659fds');
  });

  test('are outputs, for GitHub’s variables', () => {
    expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
      'DeployDevRoleArn',
      'DeployProdRoleArn',
      'DiffRoleArn',
    ]);
  });

  test('trust an existing provider if the account has one', () => {
    template.hasResourceProperties('AWS::IAM::OIDCProvider', {
      Url: 'https://token.actions.githubusercontent.com',
      ClientIdList: ['sts.amazonaws.com'],
    });
    const other = synthesize({ oidcProvider: 'existing' });
    other.resourceCountIs('AWS::IAM::OIDCProvider', 0);
    other.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: {
              Federated: { 'Fn::Join': ['', Match.arrayWith([':oidc-provider/token.actions.githubusercontent.com'])] },
            },
          },
        ],
      },
    });
  });

  test('name only the environments of the account, with a repository’s immutable ids', () => {
    const one = synthesize({ environments: 'dev', repository: 'acme@123/token-vending@456' });
    one.resourceCountIs('AWS::IAM::Role', 2);
    expect(JSON.stringify(roleOf(one, 'DeployDev').trust)).toContain(
      '"repo:acme@123/token-vending@456:environment:dev"',
    );
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['no repository', { repository: '' }, 'repository is missing or malformed'],
    ['a repository with a wildcard', { repository: 'acme/*' }, 'repository is missing or malformed'],
    ['an unknown environment', { environments: 'dev,moon' }, 'There is no environment moon'],
    ['another provider', { oidcProvider: 'maybe' }, 'oidcProvider must be create or existing'],
  ])('are refused for %s', (_, context, message) => {
    expect(() => synthesize(context)).toThrow(message);
  });
});
