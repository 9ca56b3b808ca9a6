import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { oauth2 } from '../../../infra/settings/providers.ts';
import { generatedEnvironments } from '../support/generated-environments.ts';
import { synthesize } from '../support/synthesize.ts';

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly TreatMissingData?: string;
}

function alarmsOf(template: Template): AlarmProperties[] {
  const types = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];
  return types.flatMap((type) => Object.values(template.findResources(type)).map(({ Properties }) => Properties));
}

/** The halves of a combined alarm notify nobody. */
const isPart = ({ AlarmName }: AlarmProperties) => /-\d+[hm]$/.test(AlarmName);

const everything = synthesize(generatedEnvironments['everything']);

describe('every alarm', () => {
  test('has a name with environment and severity', () => {
    for (const { AlarmName } of alarmsOf(everything))
      expect(AlarmName).toMatch(/^token-vending-test-(page|ticket)-[a-z0-9-]+$/);
  });

  test('says what it means, what to run first, and where to read on, in the 1,024 characters that it may have', () => {
    for (const { AlarmDescription } of alarmsOf(everything)) {
      expect(AlarmDescription).toMatch(
        /^[A-Z].+\.\n\nFirst:\n\n`(aws|npm run) .+`\n\n\[Runbook\]\(https:\/\/wiki\.example\.com\/runbook#[a-z-]+\)$/s,
      );
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('names the page of this repository where no other is given', () => {
    for (const { AlarmDescription } of alarmsOf(synthesize())) {
      expect(AlarmDescription).toMatch(/docs\/runbook\.md, (page|ticket)-[a-z-]+$/);
    }
  });

  test('says what missing data means', () => {
    for (const { TreatMissingData } of Object.values(everything.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties,
    )) {
      expect(TreatMissingData).toMatch(/^(notBreaching|ignore|breaching)$/);
    }
  });

  test('tells its severity’s target when it goes off and when it is over', () => {
    for (const alarm of alarmsOf(everything).filter((each) => !isPart(each))) {
      const severity = alarm.AlarmName.includes('-page-') ? 'page' : 'ticket';
      expect(alarm.AlarmActions).toEqual([
        { Ref: expect.stringMatching(new RegExp(`^MonitoringAlarmsTopics${severity}`)) },
      ]);
      expect(alarm.OKActions).toEqual(alarm.AlarmActions);
    }
  });
});

describe('alarms are sent', () => {
  test('to an address through an encrypted topic, to a chat channel through another', () => {
    everything.resourceCountIs('AWS::SNS::Topic', 2);
    everything.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    everything.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operators@example.com',
    });
    everything.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SlackWorkspaceId: 'T0123456789',
      SlackChannelId: 'C0123456789',
      SnsTopicArns: [{ Ref: Match.stringLikeRegexp('Topicsticket') }],
      GuardrailPolicies: [
        Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('CloudWatchReadOnlyAccess')])] }),
      ],
    });
  });

  test('to an existing topic, which takes both severities where it is the only one', () => {
    const topicArn = 'arn:aws:sns:us-east-1:111122223333:alarms';
    const told = synthesize({ alarms: { ticket: { topicArn } } });
    told.resourceCountIs('AWS::SNS::Topic', 0);
    for (const alarm of alarmsOf(told).filter((each) => !isPart(each))) expect(alarm.AlarmActions).toEqual([topicArn]);
  });

  test('to nobody with "none"', () => {
    const silent = synthesize({ alarms: 'none' });
    silent.resourceCountIs('AWS::SNS::Topic', 0);
    expect(alarmsOf(silent).length).toBeGreaterThan(10);
    for (const alarm of alarmsOf(silent)) expect(alarm.AlarmActions).toBeUndefined();
  });
});

test('every provider has an alarm of its own that pages', () => {
  const providers = {
    prove: oauth2({ tokenUrl: 'https://a.example/t' }),
    'prove-eu': oauth2({ tokenUrl: 'https://b.example/t' }),
  };
  const names = alarmsOf(synthesize({ providers })).map(({ AlarmName }) => AlarmName);
  expect(names.filter((name) => name.includes('provider-down'))).toEqual([
    'token-vending-test-page-provider-down-prove',
    'token-vending-test-page-provider-down-prove-eu',
  ]);
});
