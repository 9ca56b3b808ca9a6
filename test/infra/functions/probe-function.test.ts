import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { foreignProvider } from '../../../functions/probe/refusal-probes.ts';
import { providerNamePattern } from '../../../functions/shared/settings/patterns.ts';
import { apiStatements, findOne, roleStatements, secretStatements } from '../support/find-policies.ts';
import { isAllowed } from '../support/iam-policy.ts';
import { apiId, resolveTemplate } from '../support/resolve-template.ts';
import { account, region, synthesize } from '../support/synthesize.ts';

const template = synthesize({ prober: true });

test('it runs every five minutes, and a run is never repeated', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(5 minutes)',
    State: 'ENABLED',
    Targets: [
      Match.objectLike({
        Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ProbeFunction'), 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300 },
      }),
    ],
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 300,
  });
});

test('it has time for 50 providers that do not answer, knows where to ask, and has its own log group', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 240,
    LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Logsprobe') } },
    Environment: {
      Variables: {
        TOKEN_VENDING_ENDPOINT: Match.anyValue(),
        VENDING_FUNCTION_ARN: { Ref: Match.stringLikeRegexp('^VendLive') },
      },
    },
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: '/token-vending/test/probe' });
});

test('outputs tell npm run probe which functions there are', () => {
  const names = Object.keys(template.findOutputs('*'));
  expect(names).toEqual(expect.arrayContaining(['ProberFunctionName', 'VendingFunctionArn']));
});

describe('where it is off, nothing of it is deployed:', () => {
  const without = synthesize();

  test('no asynchronous invocations to configure', () => {
    without.resourceCountIs('AWS::Lambda::EventInvokeConfig', 0);
  });

  test('no function, no role, no output', () => {
    expect(JSON.stringify(without.toJSON())).not.toMatch(/probe/i);
  });
});

describe('its role', () => {
  const resources = resolveTemplate(template);
  const [roleId] = findOne(resources, 'AWS::IAM::Role', 'Probe');
  const role = `arn:aws:iam::${account}:role/${roleId}`;
  const identity = roleStatements(resources, roleId);
  const mayCall = (request: string): boolean =>
    isAllowed(
      {
        principal: role,
        action: 'execute-api:Invoke',
        resource: `arn:aws:execute-api:${region}:${account}:${apiId}/v1/${request}`,
      },
      { identity, resource: apiStatements(resources), resourceAccount: account },
    );

  test.each(['POST/tokens/prove', 'POST/tokens/prove-eu', 'GET/health'])('may %s', (request) => {
    expect(mayCall(request)).toBe(true);
  });

  test.each([`POST/tokens/${foreignProvider}`, 'GET/tokens/prove', 'POST/tokens/prove-2', 'POST/health'])(
    'may not %s, which it tests',
    (request) => {
      expect(mayCall(request)).toBe(false);
    },
  );

  test('no provider can have the name of the foreign one', () => {
    expect(foreignProvider).not.toMatch(providerNamePattern);
  });

  test('may neither read a secret nor invoke the vending function, which it tests too', () => {
    const secret = `arn:aws:secretsmanager:${region}:${account}:secret:token-vending/test/prove-AbCdEf`;
    const read = { principal: role, action: 'secretsmanager:GetSecretValue', resource: secret };
    const resource = secretStatements(resources, secret);
    expect(isAllowed(read, { identity, resource, resourceAccount: account })).toBe(false);
    // Denied, whatever another policy of the account allows.
    const everything = [{ Effect: 'Allow', Action: '*', Resource: '*' }] as const;
    expect(isAllowed(read, { identity: everything, resource, resourceAccount: account })).toBe(false);
    const [functionId] = findOne(resources, 'AWS::Lambda::Function', 'Vend');
    for (const suffix of ['', ':live']) {
      const target = `arn:aws:lambda:${region}:${account}:function:${functionId}${suffix}`;
      const invoke = { principal: role, action: 'lambda:InvokeFunction', resource: target };
      expect(isAllowed(invoke, { identity, resourceAccount: account })).toBe(false);
    }
  });
});

describe('its alarms page', () => {
  const metric = (MetricName: string) => ({
    MetricName,
    Namespace: 'TokenVending',
    Dimensions: [{ Name: 'function', Value: { Ref: Match.stringLikeRegexp('^ProbeFunction') } }],
    Threshold: 0,
    Period: 300,
    Statistic: 'Sum',
  });

  test('for a probe that fails in two of three runs, and for a prober that does not run', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...metric('ProbeFailed'),
      AlarmName: 'token-vending-test-page-probe-failed',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'breaching',
    });
  });

  test('at once for a refusal that is missing', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...metric('ProbeRefusalMissing'),
      AlarmName: 'token-vending-test-page-probe-not-refused',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });
});

test('its denied reads are not reported as somebody who touched a secret', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: Match.objectLike({
      detail: Match.objectLike({
        eventName: ['GetSecretValue'],
        $or: Match.arrayWith([
          {
            userIdentity: {
              sessionContext: {
                sessionIssuer: {
                  arn: [
                    {
                      'anything-but': Match.arrayWith([
                        { 'Fn::GetAtt': [Match.stringLikeRegexp('^ProbeRole'), 'Arn'] },
                      ]),
                    },
                  ],
                },
              },
            },
          },
        ]),
      }),
    }),
  });
});
