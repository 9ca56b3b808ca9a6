import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize();

describe('a deployment', () => {
  test('gives a new version a tenth of the traffic first, and only an alarm on our own faults rolls it back', () => {
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      AlarmConfiguration: {
        Enabled: true,
        Alarms: [
          { Name: { Ref: Match.stringLikeRegexp('ticketfunctioncrashes') } },
          { Name: { Ref: Match.stringLikeRegexp('ticketownfault') } },
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
