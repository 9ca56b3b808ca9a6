import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { prove } from '../../../infra/settings/providers.ts';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize();
const rotateFunction = { 'Fn::GetAtt': [Match.stringLikeRegexp('^RotateFunction'), 'Arn'] };

test('each secret can be rotated on demand, and never by a schedule or a deployment', () => {
  template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 2);
  template.allResourcesProperties('AWS::SecretsManager::RotationSchedule', {
    RotationLambdaARN: rotateFunction,
    RotateImmediatelyOnUpdate: false,
    RotationRules: Match.absent(),
  });
});

test('a secret that another team owns is not rotated', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prove-AbCdEf';
  const existing = synthesize({ providers: { prove: prove({ server: 'uat-us', existingSecret: { arn } }) } });
  existing.resourceCountIs('AWS::SecretsManager::RotationSchedule', 0);
});

test('only Secrets Manager, for this account, may call the function', () => {
  template.hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: rotateFunction,
    Principal: 'secretsmanager.amazonaws.com',
    SourceAccount: '111122223333',
  });
});

test('it has time for every provider of a secret, and its own log group', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 60,
    LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Logsrotate') } },
  });
});

test('there is an alarm on a failed rotation, on a fallback and on the age of credentials, each with its runbook', () => {
  const vendMetric = (MetricName: string) => ({
    Namespace: 'TokenVending',
    MetricName,
    Dimensions: [{ Name: 'function', Value: { Ref: Match.stringLikeRegexp('^VendFunction') } }],
    AlarmDescription: Match.stringLikeRegexp('docs/runbook.md'),
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^RotateFunction') } }],
    AlarmDescription: Match.stringLikeRegexp('docs/runbook.md'),
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', vendMetric('CredentialsFallback'));
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { ...vendMetric('CredentialAgeDays'), Threshold: 90 });
  const stricter = synthesize({ credentialMaxAgeDays: 30 });
  stricter.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'CredentialAgeDays', Threshold: 30 });
});
