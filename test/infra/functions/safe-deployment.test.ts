import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize();

describe('a deployment', () => {
  test('gives a new version a tenth of the traffic first, and an alarm rolls it back', () => {
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      AlarmConfiguration: {
        Enabled: true,
        Alarms: [
          { Name: { Ref: Match.stringLikeRegexp('^AlarmsFunctionErrors') } },
          { Name: { Ref: Match.stringLikeRegexp('^AlarmsApiErrors') } },
        ],
      },
    });
  });

  test('moves the alias by CodeDeploy', () => {
    template.hasResource('AWS::Lambda::Alias', { UpdatePolicy: { CodeDeployLambdaAliasUpdate: Match.anyValue() } });
  });

  test('is all at once if the settings say so', () => {
    const atOnce = synthesize({ deployment: 'all-at-once' });
    atOnce.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
    atOnce.hasResource('AWS::Lambda::Alias', { UpdatePolicy: Match.absent() });
  });
});

describe('the error alarms', () => {
  test('watch the alias for crashes and the stage for 5xx answers', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/ApiGateway',
      MetricName: '5XXError',
      Statistic: 'Average',
      Threshold: 0.05,
      Dimensions: [
        { Name: 'ApiName', Value: 'token-vending-test' },
        { Name: 'Stage', Value: 'v1' },
      ],
    });
  });

  test('notify nobody without an address', () => {
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() });
  });

  test('notify an address through an encrypted topic', () => {
    const told = synthesize({ alarms: { email: 'operators@example.com' } });
    told.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    told.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'operators@example.com' });
    told.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^AlarmTopic') }],
    });
  });

  test('notify an existing topic', () => {
    const topicArn = 'arn:aws:sns:us-east-1:111122223333:alarms';
    const told = synthesize({ alarms: { topicArn } });
    told.resourceCountIs('AWS::SNS::Topic', 0);
    told.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topicArn] });
  });
});

test('the stack’s outputs are the endpoint, the region, and the ARNs of secrets and caller policies', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'CallerPolicyArnProve',
    'CallerPolicyArnProveEu',
    'Endpoint',
    'HealthPolicyArn',
    'Region',
    'SecretArnProve',
    'SecretArnProveEu',
  ]);
});
