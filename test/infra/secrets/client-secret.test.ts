import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { parseClientCredentials } from '../../../functions/shared/secrets/client-credentials.ts';
import { secretPlaceholder } from '../../../infra/secrets/client-secret.ts';
import { prove } from '../../../infra/settings/providers.ts';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize();
const secretTypes = ['AWS::SecretsManager::Secret', 'AWS::SecretsManager::ResourcePolicy'];

describe('the client secrets', () => {
  test('are one per provider, with its name', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 2);
    template.hasResourceProperties('AWS::SecretsManager::Secret', { Name: 'token-vending/test/prove' });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { Name: 'token-vending/test/prove-eu' });
  });

  test('hold a placeholder that never changes, because CloudFormation would overwrite every filled secret', () => {
    template.allResourcesProperties('AWS::SecretsManager::Secret', {
      SecretString: '{"client_id":"","client_secret":""}',
      GenerateSecretString: Match.absent(),
    });
  });

  test.each(['secret', 'key'] as const)('cannot be used by the functions while they hold it (%s)', (kind) => {
    const parse = () => parseClientCredentials('id', 'version', secretPlaceholder, kind);
    expect(parse).toThrow(expect.objectContaining({ reason: 'secret_not_filled_in' }));
  });

  test('are encrypted with a customer-managed key that rotates', () => {
    template.allResourcesProperties('AWS::SecretsManager::Secret', {
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SecretsKey'), 'Arn'] },
    });
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('each have a policy that keeps everyone else from reading', () => {
    template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 2);
    template.allResourcesProperties('AWS::SecretsManager::ResourcePolicy', {
      BlockPublicPolicy: true,
      ResourcePolicy: { Statement: [Match.objectLike({ Effect: 'Deny', Action: 'secretsmanager:GetSecretValue' })] },
    });
  });

  test('outlive the stack unless the settings say otherwise', () => {
    const destroyed = synthesize({ removal: 'destroy' });
    // The policies stay too, so that a secret that outlives the stack is still denied to others.
    for (const type of secretTypes) {
      template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
      destroyed.allResources(type, { DeletionPolicy: 'Delete' });
    }
  });

  test('that already exist are read where they are, with their key', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prove-AbCdEf';
    const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000';
    const existing = synthesize({
      providers: { prove: prove({ server: 'uat-us', existingSecret: { arn, keyArn } }) },
    });
    for (const type of secretTypes) existing.resourceCountIs(type, 0);
    // Neither a key for secrets nor a rotation function. The other key is for logs.
    existing.resourceCountIs('AWS::KMS::Key', 1);
    existing.resourceCountIs('AWS::Lambda::Function', 1);
    existing.resourceCountIs('AWS::Logs::LogGroup', 3);
    existing.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Sid: 'ReadClientSecrets', Resource: arn }),
          Match.objectLike({ Sid: 'DecryptExistingSecrets', Resource: keyArn }),
        ]),
      },
    });
  });

  test('that already exist beside the stack’s own are the vending function’s alone, whose role is an output', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:elsewhere-AbCdEf';
    const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000';
    const mixed = synthesize({
      providers: {
        own: prove({ server: 'uat-us' }),
        other: prove({ server: 'uat-eu', existingSecret: { arn, keyArn } }),
      },
    });
    const policies = Object.entries(mixed.findResources('AWS::IAM::Policy'));
    const naming = policies.filter(([, policy]) => JSON.stringify(policy).includes('elsewhere'));
    expect(naming.map(([id]) => id)).toEqual([expect.stringMatching(/^VendRole/)]);
    const { VendingRoleArn } = mixed.findOutputs('*') as Record<string, { Value: object }>;
    expect(VendingRoleArn?.Value).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^VendRole/), 'Arn'] });
    expect(template.findOutputs('VendingRoleArn')).toEqual({});
  });

  test('that already exist with the account’s own key need no permission to decrypt', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prove-AbCdEf';
    const existing = synthesize({ providers: { prove: prove({ server: 'uat-us', existingSecret: { arn } }) } });
    expect(JSON.stringify(existing.findResources('AWS::IAM::Policy'))).not.toContain('kms:');
  });
});
