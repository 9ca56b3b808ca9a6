import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Environment } from '../../../infra/settings/environment.ts';
import { EnvironmentsError } from '../../../infra/settings/parse-environments.ts';
import { oauth2, prove } from '../../../infra/settings/providers.ts';
import { createTestApp, findStack } from '../support/synthesize.ts';

const providers = { prove: prove({ server: 'prod-us' }) };
const prod: Environment = { providers, region: 'us-east-1', replicaRegions: ['eu-west-1'] };
const prodEu: Environment = { providers, region: 'eu-west-1', replicaOf: 'prod' };

const app = createTestApp({ prod, 'prod-eu': prodEu });
const primary = Template.fromStack(findStack(app, 'TokenVending-prod'));
const replica = Template.fromStack(findStack(app, 'TokenVending-prod-eu'));
const replicaRole = 'TokenVending-prod-eu-west-1-vend';
const secretPattern = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-vending/prod/';

function mistakesOf(environments: Readonly<Record<string, Environment>>): readonly string[] {
  try {
    createTestApp(environments);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentsError) return error.mistakes;
    throw error;
  }
}

describe('an environment with replicaRegions', () => {
  test('replicates its secrets, encrypted with the key that the other environment has made', () => {
    primary.hasResourceProperties('AWS::SecretsManager::Secret', {
      Name: 'token-vending/prod/prove',
      ReplicaRegions: [{ Region: 'eu-west-1', KmsKeyId: 'alias/token-vending/prod' }],
    });
    expect(findStack(app, 'TokenVending-prod').dependencies.map(({ stackName }) => stackName)).toEqual([
      'TokenVending-prod-eu',
    ]);
  });

  test('lets the other environment’s role read, because a secret’s policy is replicated with it', () => {
    primary.hasResourceProperties('AWS::SecretsManager::ResourcePolicy', {
      ResourcePolicy: {
        Statement: [
          Match.objectLike({
            Condition: {
              ArnNotLike: {
                'aws:PrincipalArn': Match.arrayWith([`arn:aws:iam::111122223333:role/${replicaRole}`]),
              },
            },
          }),
        ],
      },
    });
  });
});

describe('an environment with replicaOf', () => {
  test('makes no secret and no rotation function', () => {
    for (const type of [
      'AWS::SecretsManager::Secret',
      'AWS::SecretsManager::ResourcePolicy',
      'AWS::SecretsManager::RotationSchedule',
    ]) {
      replica.resourceCountIs(type, 0);
    }
    replica.resourceCountIs('AWS::Lambda::Function', 1);
    expect(replica.findOutputs('*')).not.toHaveProperty('SecretArnProve');
  });

  test('has the key, by the name that the secrets give it', () => {
    replica.hasResourceProperties('AWS::KMS::Alias', {
      AliasName: 'alias/token-vending/prod',
      TargetKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SecretsKey'), 'Arn'] },
    });
  });

  test('reads the replicas with a role that the secrets’ policies know, and decrypts nothing else', () => {
    replica.hasResourceProperties('AWS::IAM::Role', { RoleName: replicaRole });
    expect(replicaRole.replace('prod', 'p'.repeat(31)).replace('eu-west-1', 'ap-southeast-1')).toHaveLength(64);
    replica.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'ReadClientSecrets',
            Action: 'secretsmanager:GetSecretValue',
            Resource: `${secretPattern}prove-??????`,
          }),
          Match.objectLike({
            Sid: 'DecryptClientSecrets',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SecretsKey'), 'Arn'] },
            Condition: {
              StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
              StringLike: { 'kms:EncryptionContext:SecretARN': [`${secretPattern}*`] },
            },
          }),
        ]),
      },
    });
  });

  test('is given the name of the primary’s secret', () => {
    const bundled = createTestApp({ prod, 'prod-eu': prodEu }, { bundling: true });
    const { directory } = bundled.synth();
    const files = readdirSync(directory).filter((name) => name.startsWith('asset.'));
    const settings = files.map((name) => readFileSync(join(directory, name, 'settings.json'), 'utf8'));
    // Both environments' functions, and the rotation function: all use the same name.
    expect(settings.map((text) => JSON.parse(text).providers.prove.secretId)).toEqual(
      settings.map(() => 'token-vending/prod/prove'),
    );
  });
});

test('an environment without either says nothing of replicas', () => {
  const template = Template.fromStack(findStack(createTestApp({ prod: { providers } }), 'TokenVending-prod'));
  template.hasResourceProperties('AWS::SecretsManager::Secret', { ReplicaRegions: Match.absent() });
  template.resourceCountIs('AWS::KMS::Alias', 0);
  template.allResourcesProperties('AWS::IAM::Role', { RoleName: Match.absent() });
});

describe('what does not fit together is refused:', () => {
  const more = { ...providers, other: oauth2({ tokenUrl: 'https://a.example/token' }) };

  test.each<[string, Readonly<Record<string, Environment>>, readonly string[]]>([
    ['a primary that is none', { 'prod-eu': prodEu }, ['prod-eu.replicaOf names prod, which is no environment']],
    [
      'a region to which nothing is replicated',
      { prod, 'prod-eu': { ...prodEu, region: 'eu-central-1' } },
      ['prod-eu.region must be one of prod.replicaRegions'],
    ],
    [
      'another account',
      { prod, 'prod-eu': { ...prodEu, account: '444455556666' } },
      ['prod-eu.account must be that of prod'],
    ],
    [
      'a provider whose secret the primary does not make',
      { prod, 'prod-eu': { ...prodEu, providers: more } },
      ['prod-eu.providers.other: prod makes no secret for it'],
    ],
    [
      'two environments for the replicas of one region',
      { prod, 'prod-eu': prodEu, 'prod-eu2': prodEu },
      ['prod-eu2.replicaOf: prod-eu already uses the replicas of prod in eu-west-1'],
    ],
    [
      'the own region',
      { prod: { ...prod, region: 'eu-west-1' } },
      ["prod.replicaRegions names the environment's own region, eu-west-1"],
    ],
    [
      'a replica of a replica, and readers of secrets that are another’s',
      {
        prod,
        'prod-eu': {
          ...prodEu,
          replicaRegions: ['us-west-2'],
          secretAdministratorArns: ['arn:aws:iam::111122223333:role/admin'],
        },
      },
      [
        'prod-eu takes either replicaRegions or replicaOf',
        "prod-eu.secretAdministratorArns belongs to prod: its secrets' policies are replicated with them",
      ],
    ],
  ])('%s', (_, environments, mistakes) => {
    expect(mistakesOf(environments)).toEqual(mistakes);
  });
});
