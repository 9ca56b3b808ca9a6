import { describe, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize();

describe('the vending function', () => {
  test('runs on Node 24 and arm64, with time for a retry', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 15,
    });
  });

  test('has nothing in environment variables, which hold 4 KB', () => {
    template.allResourcesProperties('AWS::Lambda::Function', { Environment: Match.absent() });
  });

  test('logs to its own encrypted log group, which is kept as long as the settings say', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: {
        LogFormat: 'JSON',
        LogGroup: { Ref: Match.stringLikeRegexp('^Logsvend') },
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'WARN',
      },
    });
    synthesize({ logLevel: 'warn' }).hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      LoggingConfig: { ApplicationLogLevel: 'WARN' },
    });
    const kept = synthesize({ logRetentionDays: 30 });
    kept.allResourcesProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 30,
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LogsKey'), 'Arn'] },
    });
  });

  test('is reached through the alias live, also with provisioned concurrency', () => {
    template.hasResourceProperties('AWS::Lambda::Alias', {
      Name: 'live',
      ProvisionedConcurrencyConfig: Match.absent(),
    });
    const warm = synthesize({ reservedConcurrency: 10, provisionedConcurrency: 2 });
    warm.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'provisioned.handler',
      ReservedConcurrentExecutions: 10,
    });
    warm.hasResourceProperties('AWS::Lambda::Alias', {
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
    });
  });

  test('has a role without any of AWS’s own policies', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: 'lambda.amazonaws.com' } })],
      },
      ManagedPolicyArns: Match.absent(),
    });
  });
});
