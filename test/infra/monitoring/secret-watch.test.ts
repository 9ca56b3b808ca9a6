import { describe, expect, test } from '@jest/globals';
import { oauth2, prove } from '../../../infra/settings/providers.ts';
import { matchesEvent } from '../support/event-pattern.ts';
import { resolveTemplate } from '../support/resolve-template.ts';
import { account, region, synthesize } from '../support/synthesize.ts';

const existingArn = `arn:aws:secretsmanager:${region}:${account}:secret:other-team/hub-AbCdEf`;
const template = synthesize({
  providers: {
    prove: prove({ server: 'uat-us' }),
    hub: oauth2({ tokenUrl: 'https://hub.example.com/token', existingSecret: { arn: existingArn } }),
  },
});
const resources = resolveTemplate(template);
const rules = Object.values(resources).filter(({ Type }) => Type === 'AWS::Events::Rule');
const vendRole = Object.keys(resources).find((id) => /^Vend.*Role/.test(id)) ?? '';
const keyId = Object.keys(resources).find((id) => /^SecretsKey/.test(id)) ?? '';

const created = `arn:aws:secretsmanager:${region}:${account}:secret:token-vending/test/prove-AbCdEf`;

/** As CloudTrail writes the session of a role, shortened to what a rule may look at. */
const asRole = (name: string) => ({
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:session',
  arn: `arn:aws:sts::${account}:assumed-role/${name}/session`,
  accountId: account,
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/${name}`, accountId: account, userName: name },
    attributes: { creationDate: '2026-11-30T03:00:00Z', mfaAuthenticated: 'false' },
  },
});
const asUser = {
  type: 'IAMUser',
  arn: `arn:aws:iam::${account}:user/somebody`,
  accountId: account,
  userName: 'somebody',
};

function event(service: string, eventName: string, userIdentity: object, fields: object): object {
  return {
    version: '0',
    id: '00000000-0000-0000-0000-000000000000',
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${service}`,
    account,
    time: '2026-11-30T03:00:00Z',
    region,
    resources: [],
    detail: {
      eventVersion: '1.09',
      userIdentity,
      eventTime: '2026-11-30T03:00:00Z',
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: region,
      sourceIPAddress: '203.0.113.7',
      userAgent: 'aws-cli/2.31.0',
      responseElements: null,
      readOnly: eventName.startsWith('Get'),
      eventType: 'AwsApiCall',
      managementEvent: true,
      ...fields,
    },
  };
}

const call = (eventName: string, secretId: string, by: object = asRole('administrator'), others: object = {}) =>
  event('secretsmanager', eventName, by, { requestParameters: { secretId }, ...others });

const isRecorded = (what: object) => rules.some(({ Properties }) => matchesEvent(Properties['EventPattern'], what));

describe('a read of a secret is recorded', () => {
  test.each([
    ['by name', 'token-vending/test/prove'],
    ['by ARN', created],
    ['by ARN without its last six characters', created.slice(0, -7)],
    ['of another team’s secret', existingArn],
    ['of another team’s secret by name', 'other-team/hub'],
  ])('%s', (_, secretId) => {
    expect(isRecorded(call('GetSecretValue', secretId))).toBe(true);
  });

  test.each([
    ['an administrator', asRole('administrator')],
    ['a user, who has no session', asUser],
    ['root', { type: 'Root', arn: `arn:aws:iam::${account}:root`, accountId: account }],
    ['a role of another account', { ...asRole('x'), accountId: '444455556666' }],
  ])('by %s', (_, by) => {
    expect(isRecorded(call('GetSecretValue', created, by))).toBe(true);
  });

  test('also where it was refused', () => {
    const refused = { errorCode: 'AccessDenied', errorMessage: 'User is not authorized' };
    expect(isRecorded(call('GetSecretValue', created, asUser, refused))).toBe(true);
  });
});

describe('nothing is recorded', () => {
  test('of the reads of the functions', () => {
    const rotateRole = Object.keys(resources).find((id) => /^Rotate.*Role/.test(id)) ?? '';
    for (const role of [vendRole, rotateRole]) {
      expect(role).not.toBe('');
      expect(isRecorded(call('GetSecretValue', created, asRole(role)))).toBe(false);
    }
  });

  test('of other secrets, other environments and other calls', () => {
    expect(isRecorded(call('GetSecretValue', 'token-vending/test2/prove'))).toBe(false);
    expect(isRecorded(call('GetSecretValue', 'payroll'))).toBe(false);
    expect(isRecorded(call('PutSecretValue', created))).toBe(false);
    expect(isRecorded(call('DescribeSecret', created))).toBe(false);
  });
});

describe('a change is recorded, whoever makes it', () => {
  test.each(['PutResourcePolicy', 'DeleteResourcePolicy', 'DeleteSecret'])('%s', (eventName) => {
    expect(isRecorded(call(eventName, created, asRole(vendRole)))).toBe(true);
    expect(isRecorded(call(eventName, 'payroll'))).toBe(false);
  });

  test.each(['ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy'])('%s', (eventName) => {
    const change = (key: string) => {
      const arn = `arn:aws:kms:${region}:${account}:key/${key}`;
      return event('kms', eventName, asRole('administrator'), {
        requestParameters: { keyId: arn },
        resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: arn }],
      });
    };
    expect([isRecorded(change(keyId)), isRecorded(change('another'))]).toEqual([true, false]);
  });
});

test('reads reach their rule, which needs a state of its own, and each pattern is as short as it has to be', () => {
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => {
      const arn = `arn:aws:secretsmanager:${region}:${account}:secret:another-team/production/client-${index}-AbCdEf`;
      return [`p${index}`, oauth2({ tokenUrl: 'https://a.example/token', existingSecret: { arn } })];
    }),
  );
  const all = Object.values(resolveTemplate(synthesize({ providers: many }))).filter(
    ({ Type }) => Type === 'AWS::Events::Rule',
  );
  for (const { Properties } of [...rules, ...all]) {
    const pattern = JSON.stringify(Properties['EventPattern']);
    expect(pattern.length).toBeLessThanOrEqual(2048);
    const isRead = pattern.includes('GetSecretValue');
    const isOfCloudTrail = pattern.includes('CloudTrail');
    if (isOfCloudTrail) {
      expect(Properties['State']).toBe(isRead ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED');
    }
  }
});

test('a release that is rolled back is recorded, another application’s is not', () => {
  const [application] = Object.keys(template.findResources('AWS::CodeDeploy::Application'));
  const change = (name: string | undefined, state: string) => ({
    source: 'aws.codedeploy',
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    detail: {
      state,
      application: name,
      deploymentId: 'd-EXAMPLE',
      deploymentGroup: 'group',
      region,
      instanceGroupId: 'x',
    },
  });
  expect(isRecorded(change(application, 'FAILURE'))).toBe(true);
  expect(isRecorded(change(application, 'SUCCESS'))).toBe(false);
  expect(isRecorded(change('another', 'FAILURE'))).toBe(false);
});

test('every rule writes to the environment’s log group, which EventBridge may', () => {
  for (const { Properties } of rules) {
    expect(Properties['Targets']).toEqual([
      { Id: 'Log', Arn: `arn:aws:logs:${region}:${account}:log-group:/token-vending/test/events` },
    ]);
  }
  const [policy] = Object.values(resources).filter(({ Type }) => Type === 'AWS::Logs::ResourcePolicy');
  expect(JSON.parse(policy?.Properties['PolicyDocument']).Statement).toEqual([
    expect.objectContaining({
      Effect: 'Allow',
      Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
      Resource: `arn:aws:logs:${region}:${account}:log-group:/token-vending/test/events:*`,
    }),
  ]);
});
