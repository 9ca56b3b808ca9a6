import { describe, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize();

describe('the vending function', () => {
  test('has time for a retry', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 15,
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Logsvend') } },
    });
  });

  test('has an encrypted log group, kept as long as the settings say', () => {
    const kept = synthesize({ logRetentionDays: 30 });
    kept.allResourcesProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 30,
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LogsKey'), 'Arn'] },
    });
  });

  test('is called through the alias live, also with provisioned concurrency', () => {
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
});
