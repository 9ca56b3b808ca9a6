import type { Environment } from '../../../infra/settings/environment.ts';
import type { ProviderEntry } from '../../../infra/settings/preset.ts';
import { oauth2, prove } from '../../../infra/settings/providers.ts';

function providersOf(count: number, secretOf: (index: number) => object = () => ({})): Record<string, ProviderEntry> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `provider-${index}`,
      oauth2({ tokenUrl: `https://login-${index}.example.com/token`, ...secretOf(index) }),
    ]),
  );
}

const keyArn = 'arn:aws:kms:us-east-1:444455556666:key/00000000-0000-0000-0000-000000000000';
const secretArn = (name: string, account = '111122223333') =>
  `arn:aws:secretsmanager:us-east-1:${account}:secret:${name}-AbCdEf`;

/** Environments that between them use every setting, and leave out everything that can be left out. */
export const generatedEnvironments: Readonly<Record<string, Environment>> = {
  one: { providers: providersOf(1) },
  ten: { providers: providersOf(10), callerPolicies: { half: Object.keys(providersOf(5)) } },
  fifty: {
    providers: providersOf(50),
    callerLimit: { requestsPerSecond: 50, burst: 100, webAcl: 'create' },
    prober: true,
  },
  everything: {
    providers: { prove: prove({ server: 'prod-us' }) },
    endpoint: { type: 'PRIVATE', vpcEndpointIds: ['vpce-0123456789abcdef0', 'vpce-0123456789abcdef1'] },
    callers: [
      {
        principalArns: ['arn:aws:iam::444455556666:root'],
        organizationIds: ['o-exampleorg1'],
        providers: ['prove'],
      },
    ],
    callerPolicies: { billing: ['prove'] },
    webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/acl/00000000-0000-0000-0000-000000000000',
    callerLimit: { requestsPerSecond: 20, burst: 40 },
    reservedConcurrency: 10,
    provisionedConcurrency: 2,
    logLevel: 'warn',
    tracing: 'xray',
    tokenStore: 'dynamodb',
    alarms: {
      page: { email: 'operators@example.com' },
      ticket: { slack: { workspaceId: 'T0123456789', channelId: 'C0123456789' } },
    },
    runbookUrl: 'https://wiki.example.com/runbook',
    secretAdministratorArns: ['arn:aws:iam::111122223333:role/secret-administrator'],
    executionRoleArn: 'arn:aws:iam::111122223333:role/deployer',
  },
  'cross-account': {
    providers: {
      ...providersOf(2),
      elsewhere: oauth2({
        tokenUrl: 'https://login.example.com/token',
        existingSecret: { arn: secretArn('elsewhere', '444455556666'), keyArn },
      }),
    },
    callers: [{ principalArns: ['arn:aws:iam::444455556666:role/partner'], providers: ['provider-0', 'provider-1'] }],
  },
  'existing-secrets': {
    providers: providersOf(20, (index) => ({ existingSecret: { arn: secretArn(`s${index}`) } })),
    alarms: { page: { topicArn: 'arn:aws:sns:us-east-1:111122223333:alarms' } },
    apiGatewayLogRole: 'existing',
  },
  cheap: {
    providers: providersOf(2),
    api: 'http',
    tokenStore: 'dynamodb',
    provisionedConcurrency: 2,
    domain: {
      name: 'tokens.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
    },
  },
  'new-vpc': { providers: providersOf(2), vpc: { new: { natGateways: 3 } }, tokenStore: 'dynamodb' },
  'given-vpc': {
    providers: providersOf(2),
    tokenStore: 'dynamodb',
    vpc: {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-east-1a', 'us-east-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      routeTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
    },
  },
  domain: {
    providers: providersOf(2),
    domain: {
      name: 'tokens.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
      hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
      isOnlyAddress: true,
    },
  },
  replicated: { providers: providersOf(2), replicaRegions: ['eu-west-1', 'eu-central-1'] },
  destroy: { providers: providersOf(1), removal: 'destroy', deployment: 'all-at-once' },
  'own-keys': {
    providers: providersOf(1),
    tokenStore: 'dynamodb',
    alarms: { page: { email: 'operators@example.com' } },
    kmsKeys: { secretsArn: keyArn, logsArn: keyArn.replace(/0{8}/, '1'.repeat(8)) },
    tags: { 'cost-center': '4711' },
    logSubscription: {
      destinationArn: 'arn:aws:firehose:us-east-1:111122223333:deliverystream/logs',
      filterPattern: '{ $.level = "ERROR" }',
    },
  },
  'logs-to-kinesis': {
    providers: providersOf(1),
    logSubscription: { destinationArn: 'arn:aws:kinesis:us-east-1:111122223333:stream/logs' },
  },
  'logs-to-lambda': {
    providers: providersOf(1),
    logSubscription: { destinationArn: 'arn:aws:lambda:us-east-1:111122223333:function:forwarder' },
  },
  'logs-elsewhere': {
    providers: providersOf(1),
    logSubscription: { destinationArn: 'arn:aws:logs:us-east-1:444455556666:destination:central' },
  },
};

/** Environments that use the secrets of another one. */
export const replicatedEnvironments: Readonly<Record<string, Environment>> = {
  primary: { providers: providersOf(2), region: 'us-east-1', replicaRegions: ['eu-west-1'] },
  secondary: {
    providers: providersOf(2),
    region: 'eu-west-1',
    replicaOf: 'primary',
    tokenStore: 'dynamodb',
    vpc: { new: { natGateways: 1 } },
  },
};
