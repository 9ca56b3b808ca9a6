import { describe, expect, test } from '@jest/globals';
import { environments } from '../../../infra/environments.ts';
import type { Environment } from '../../../infra/settings/environment.ts';
import { EnvironmentsError, parseEnvironments } from '../../../infra/settings/parse-environments.ts';
import { oauth2, pipeshub, prove } from '../../../infra/settings/providers.ts';

/** Nobody is told of alarms, unless an entry says otherwise. */
function parse(entries: Readonly<Record<string, unknown>>, options?: Parameters<typeof parseEnvironments>[1]) {
  const silent = Object.entries(entries).map(([name, entry]) => [
    name,
    typeof entry === 'object' ? { alarms: 'none', ...entry } : entry,
  ]);
  return parseEnvironments(Object.fromEntries(silent) as Record<string, Environment>, options);
}

/** The mistakes in these entries. Untyped, because an editor without a type checker must report them too. */
function mistakesOf(entries: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    parse(entries);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentsError) return error.mistakes;
    throw error;
  }
}

function secretIn(region: string, account: string): string {
  return `arn:aws:secretsmanager:${region}:${account}:secret:prove-AbCdEf`;
}

function withSecret(existingSecret: { arn: string; keyArn?: string }) {
  return { x: oauth2({ tokenUrl: https, existingSecret }) };
}

const good = { prove: prove({ server: 'uat-us' }) };
const https = 'https://login.example.com/token';

describe('the environments’ settings', () => {
  test('of the product are valid', () => {
    expect([...parseEnvironments(environments).keys()]).toEqual(['dev', 'staging', 'prod']);
  });

  test('have the documented defaults', () => {
    expect(parse({ dev: { providers: good } }).get('dev')).toMatchObject({
      endpoint: { type: 'REGIONAL' },
      callers: [],
      throttling: { requestsPerSecond: 100, burst: 200 },
      memoryMb: 512,
      logRetentionDays: 90,
      alarms: 'none',
      removal: 'retain',
      deployment: 'canary',
      apiGatewayLogRole: 'create',
    });
  });

  test('reach the functions with the secret’s name, without any of its content', () => {
    const dev = parse({ dev: { providers: good } }).get('dev');
    expect(dev?.providers.get('prove')?.settings).toEqual({
      dialect: 'prove',
      tokenUrl: 'https://platform.uat.proveapis.com/token',
      secretId: 'token-vending/dev/prove',
    });
  });

  test('reach them with the ARN of an existing secret', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prove-AbCdEf';
    const providers = { prove: prove({ server: 'uat-us', existingSecret: { arn } }) };
    const dev = parse({ dev: { providers } }).get('dev');
    expect(dev?.providers.get('prove')?.settings.secretId).toBe(arn);
  });

  test.each<[string, Readonly<Record<string, unknown>>, ...string[]]>([
    [
      'a server that Prove does not have',
      { providers: { prove: prove({ server: 'mars' as 'uat-us' }) } },
      'dev.providers.prove.server must be one of uat-us, prod-us, uat-eu, prod-eu',
    ],
    [
      'a token URL without TLS',
      { providers: { x: oauth2({ tokenUrl: 'http://login.example.com/token' }) } },
      'dev.providers.x.tokenUrl must be an https: URL without credentials or fragment (http: only on loopback)',
    ],
    [
      'a token URL on loopback',
      { providers: { x: oauth2({ tokenUrl: 'http://127.0.0.1/token' }) } },
      'dev.providers.x.tokenUrl must be an https: URL',
    ],
    [
      'a PipesHub server without TLS',
      { providers: { x: pipeshub({ baseUrl: 'http://hub.example.com' }) } },
      'dev.providers.x.baseUrl must be an https: URL without query or fragment (http: only on loopback)',
    ],
    [
      'a PipesHub server that is no URL',
      { providers: { x: pipeshub({ baseUrl: 'hub' }) } },
      'dev.providers.x.baseUrl must be an https: URL without query or fragment (http: only on loopback)',
    ],
    [
      'a provider’s name that an IAM path cannot hold',
      { providers: { 'prove/*': prove({ server: 'uat-us' }) } },
      "dev.providers.prove/*: a provider's name is 1 to 63 lower-case letters, digits or hyphens, a letter first",
    ],
    [
      'a key of a provider that does not exist',
      { providers: { x: oauth2({ tokenUrl: https, audience: 'a' } as never) } },
      'dev.providers.x.audience is not a known key',
    ],
    [
      'a provider that no preset made',
      { providers: { x: { tokenUrl: https } } },
      'dev.providers.x must be made by a preset of infra/settings/providers.ts',
    ],
    ['no provider', { providers: {} }, 'dev.providers names no provider'],
    ['no providers', {}, 'dev.providers is missing'],
    ['a list of providers', { providers: [] }, 'dev.providers must be an object of provider name → preset'],
    [
      'part of a secret’s ARN',
      {
        providers: {
          x: oauth2({
            tokenUrl: https,
            existingSecret: { arn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prove' },
          }),
        },
      },
      'dev.providers.x.existingSecret.arn must be the complete ARN of a secret, with its last six characters',
    ],
    [
      'a key’s alias',
      {
        providers: {
          x: oauth2({
            tokenUrl: https,
            existingSecret: {
              arn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prove-AbCdEf',
              keyArn: 'alias/prove',
            },
          }),
        },
      },
      'dev.providers.x.existingSecret.keyArn must be the ARN of a KMS key (not of an alias)',
    ],
    [
      'names that outputs could not tell apart',
      { providers: { 'a-b': oauth2({ tokenUrl: https }), 'a--b': oauth2({ tokenUrl: https }) } },
      'dev.providers: a-b and a--b differ in hyphens only; outputs could not be told apart',
    ],
    ['an account that is none', { providers: good, account: '1234' }, 'dev.account must be 12 digits'],
    ['a region that is none', { providers: good, region: 'virginia' }, 'dev.region must be a region such as us-east-1'],
    [
      'an unknown type of endpoint',
      { providers: good, endpoint: { type: 'EDGE' } },
      'dev.endpoint.type must be ("REGIONAL" | "PRIVATE")',
    ],
    [
      'a private endpoint without VPC endpoints',
      { providers: good, endpoint: { type: 'PRIVATE', vpcEndpointIds: [] } },
      'dev.endpoint.vpcEndpointIds must name at least one VPC endpoint',
    ],
    [
      'a principal with a wildcard',
      { providers: good, callers: [{ principalArns: ['arn:aws:iam::444455556666:role/*'], providers: ['prove'] }] },
      'dev.callers.0.principalArns.0 must not hold a wildcard',
    ],
    [
      'callers of a provider that does not exist',
      { providers: good, callers: [{ organizationIds: ['o-exampleorg1'], providers: ['pruve'] }] },
      'dev.callers.0.providers names "pruve", which is not a provider',
    ],
    [
      'callers without principals',
      { providers: good, callers: [{ providers: ['prove'] }] },
      'dev.callers.0 must name principalArns or organizationIds',
    ],
    [
      'a retention that CloudWatch Logs does not have',
      { providers: good, logRetentionDays: 8 },
      'dev.logRetentionDays must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653',
    ],
    [
      'more provisioned than reserved concurrency',
      { providers: good, reservedConcurrency: 1, provisionedConcurrency: 2 },
      'dev.provisionedConcurrency must not be more than reservedConcurrency',
    ],
    [
      'two places for one severity',
      {
        providers: good,
        alarms: { page: { email: 'a@example.com', topicArn: 'arn:aws:sns:us-east-1:111122223333:t' } },
      },
      'dev.alarms.page takes one of email, topicArn and slack',
    ],
    [
      'no place for alarms',
      { providers: good, alarms: { ticket: {} } },
      'dev.alarms.ticket takes one of email, topicArn and slack',
    ],
    [
      'nobody who is told',
      { providers: good, alarms: {} },
      "dev.alarms must name page or ticket, who is told; or be 'none'",
    ],
    [
      'silence in an environment that is retained, unless it says so',
      { providers: good, alarms: undefined },
      "dev.alarms must name page or ticket, who is told; or be 'none'",
    ],
    ['another word than none', { providers: good, alarms: 'off' }, "dev.alarms must be { page, ticket } or 'none'"],
    [
      'a target without a severity',
      { providers: good, alarms: { email: 'a@example.com' } },
      'dev.alarms.email is not a known key',
    ],
    [
      'a chat channel by its name',
      { providers: good, alarms: { page: { slack: { workspaceId: 'T0123456789', channelId: '#alarms' } } } },
      'dev.alarms.page.slack.channelId must be the id of a channel, C…',
    ],
    [
      'a runbook with a fragment',
      { providers: good, runbookUrl: 'https://wiki.example.com/runbook#top' },
      'dev.runbookUrl must be an https: URL without a fragment',
    ],
    ['a key that does not exist', { providers: good, memory: 512 }, 'dev.memory is not a known key'],
    [
      'a caller policy for a provider that does not exist',
      { providers: good, callerPolicies: { billing: ['prove', 'pruve'] } },
      'dev.callerPolicies.billing names "pruve", which is not a provider',
    ],
    [
      'a caller policy without providers',
      { providers: good, callerPolicies: { billing: [] } },
      'dev.callerPolicies.billing must name at least one provider',
    ],
    [
      'a caller policy with the name of a provider',
      { providers: good, callerPolicies: { prove: ['prove'] } },
      "dev.callerPolicies.prove is a provider's name, which has a policy",
    ],
    [
      'a caller policy with a name that IAM or an output cannot have',
      { providers: good, callerPolicies: { 'Billing!': ['prove'] } },
      'dev.callerPolicies.Billing! must be lower-case letters, digits or hyphens, a letter first',
    ],
    [
      'an existing secret in another region',
      { providers: withSecret({ arn: secretIn('eu-west-1', '111122223333') }), region: 'us-east-1' },
      'dev.providers.x.existingSecret.arn is in eu-west-1, and this environment in us-east-1',
    ],
    [
      'an existing secret of another account without its key',
      { providers: withSecret({ arn: secretIn('us-east-1', '444455556666') }), account: '111122223333' },
      'dev.providers.x.existingSecret.keyArn is missing: the key aws/secretsmanager of another account cannot be used from here',
    ],
    [
      'a key in another region than its secret',
      {
        providers: withSecret({
          arn: secretIn('us-east-1', '111122223333'),
          keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000',
        }),
      },
      "dev.providers.x.existingSecret.keyArn must be in the secret's region, us-east-1",
    ],
    [
      'an alarm topic in another region',
      {
        providers: good,
        region: 'us-east-1',
        alarms: { page: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms' } },
      },
      'dev.alarms.page.topicArn is in eu-west-1, and this environment in us-east-1',
    ],
    [
      'a session of a role as an administrator of the secrets',
      {
        providers: good,
        secretAdministratorArns: ['arn:aws:sts::111122223333:assumed-role/administrator/somebody'],
      },
      "dev.secretAdministratorArns.0 must be the ARN of an IAM user or role (of an assumed role: the role's)",
    ],
    [
      'a session as the role that deploys',
      { providers: good, executionRoleArn: 'arn:aws:sts::111122223333:assumed-role/deployer/somebody' },
      "dev.executionRoleArn must be the ARN of an IAM user or role (of an assumed role: the role's)",
    ],
    [
      'a web ACL for CloudFront',
      { providers: good, webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/acl/0' },
      'dev.webAclArn must be the ARN of a regional web ACL (WAFv2)',
    ],
    [
      'a web ACL in another region',
      {
        providers: good,
        region: 'us-east-1',
        webAclArn: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/acl/0',
      },
      'dev.webAclArn is in eu-west-1, and this environment in us-east-1',
    ],
    [
      'a VPC without subnets',
      { providers: good, vpc: { vpcId: 'vpc-0' } },
      'dev.vpc.availabilityZones is missing',
      'dev.vpc.privateSubnetIds is missing',
    ],
    [
      'a new VPC that leads nowhere',
      { providers: good, vpc: { new: { natGateways: 0 } } },
      'dev.vpc.new.natGateways must be 1, 2 or 3',
    ],
    [
      'a VPC with subnets of unknown zones',
      {
        providers: good,
        vpc: { vpcId: 'vpc-0', availabilityZones: ['us-east-1a'], privateSubnetIds: ['subnet-0', 'subnet-1'] },
      },
      'dev.vpc must name as many availabilityZones as privateSubnetIds, in the same order',
    ],
    [
      'a VPC with route tables of unknown subnets',
      {
        providers: good,
        vpc: {
          vpcId: 'vpc-0',
          availabilityZones: ['us-east-1a', 'us-east-1b'],
          privateSubnetIds: ['subnet-0', 'subnet-1'],
          routeTableIds: ['rtb-0'],
        },
      },
      'dev.vpc must name as many routeTableIds as privateSubnetIds, in the same order',
    ],
    [
      'a provider’s port that the VPC does not let out',
      { providers: { prove: oauth2({ tokenUrl: 'https://a.example:8443/token' }) }, vpc: { new: { natGateways: 1 } } },
      'dev.providers.prove.tokenUrl must have port 443: nothing else leaves the VPC',
    ],
    [
      'a certificate in another region and account, and a hosted zone of another name',
      {
        providers: good,
        account: '111122223333',
        region: 'eu-west-1',
        domain: {
          name: 'tokens.example.com',
          certificateArn: 'arn:aws:acm:us-east-1:444455556666:certificate/0',
          hostedZone: { id: 'Z1', name: 'ample.com' },
        },
      },
      'dev.domain.certificateArn is in us-east-1, and this environment in eu-west-1',
      "dev.domain.certificateArn must be of the environment's account, 111122223333",
      'dev.domain.name is not in the hosted zone ample.com',
    ],
    [
      'a domain of a private API',
      {
        providers: good,
        endpoint: { type: 'PRIVATE', vpcEndpointIds: ['vpce-0123456789abcdef0'] },
        domain: { name: 'tokens.example.com', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0' },
      },
      'dev.domain is not for a private endpoint, which has names of its own',
    ],
    [
      'a domain that is a URL',
      {
        providers: good,
        domain: { name: 'https://a.example', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0' },
      },
      'dev.domain.name must be a host name in lower case',
    ],
    [
      'a caller’s limit that is not below the API’s',
      { providers: good, callerLimit: { requestsPerSecond: 100, burst: 1 } },
      'dev.callerLimit.requestsPerSecond must be less than throttling.requestsPerSecond, or one caller can use up the whole API',
    ],
    [
      'a caller’s limit of no request',
      { providers: good, callerLimit: { requestsPerSecond: 0, burst: 1 } },
      'dev.callerLimit.requestsPerSecond must be at least 1',
    ],
    [
      'two web ACLs',
      {
        providers: good,
        callerLimit: { requestsPerSecond: 1, burst: 1, webAcl: 'create' },
        webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/acl/0',
      },
      'dev.callerLimit.webAcl and webAclArn contradict each other: an API has one web ACL',
    ],
    ['an API that is none', { providers: good, api: 'soap' }, 'dev.api must be rest or http'],
    [
      'a prober outside the VPC that it would have to be in',
      { providers: good, prober: true, endpoint: { type: 'PRIVATE', vpcEndpointIds: ['vpce-0123456789abcdef0'] } },
      'dev.prober cannot reach a PRIVATE endpoint; run npm run probe from inside the VPC instead',
    ],
    ['a prober that is a word', { providers: good, prober: 'on' }, 'dev.prober must be true or false'],
    ['tracing that is none', { providers: good, tracing: true }, 'dev.tracing must be off or xray'],
  ])('are refused for %s', (_, entry, ...mistakes) => {
    expect(mistakesOf({ dev: entry })).toEqual(mistakes);
  });

  test('with an HTTP API are refused what only a REST API can do, each by its name', () => {
    const dev: Environment = {
      providers: good,
      api: 'http',
      callers: [{ organizationIds: ['o-exampleorg1'], providers: ['prove'] }],
      endpoint: { type: 'PRIVATE', vpcEndpointIds: ['vpce-0123456789abcdef0'] },
      webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/acl/0',
      callerLimit: { requestsPerSecond: 1, burst: 1, webAcl: 'none' },
      tracing: 'xray',
    };
    expect(mistakesOf({ dev })).toEqual([
      "dev.callers needs api 'rest': an HTTP API has no resource policy, so its callers are of its own account and need policies of their own",
      "dev.endpoint needs api 'rest': an HTTP API has no private endpoint",
      "dev.webAclArn needs api 'rest': an HTTP API has no web ACL",
      "dev.tracing needs api 'rest': an HTTP API has no X-Ray tracing",
    ]);
    expect(mistakesOf({ dev: { providers: good, api: 'http' } })).toEqual([]);
    const callerLimit = { requestsPerSecond: 1, burst: 1, webAcl: 'create' };
    expect(mistakesOf({ dev: { providers: good, api: 'http', callerLimit } })).toEqual([
      "dev.callerLimit.webAcl needs api 'rest': an HTTP API has no web ACL",
    ]);
  });

  test('take account and region from the AWS credentials in use if an entry names none', () => {
    const options = { account: '111122223333', region: 'us-east-1' };
    const entries = { dev: { providers: good }, prod: { providers: good, region: 'eu-west-1' } };
    const parsed = parse(entries, options);
    expect(parsed.get('dev')).toMatchObject(options);
    expect(parsed.get('prod')).toMatchObject({ account: '111122223333', region: 'eu-west-1' });
    const elsewhere = { dev: { providers: withSecret({ arn: secretIn('eu-west-1', '111122223333') }) } };
    expect(() => parse(elsewhere, options)).toThrow('is in eu-west-1, and this environment in us-east-1');
  });

  test('are refused for a name that a stack cannot have', () => {
    expect(mistakesOf({ 'Prod 1': { providers: good } })).toEqual([
      "Prod 1: an environment's name is 1 to 31 lower-case letters, digits or hyphens, a letter first",
    ]);
  });

  test('report the mistakes of all environments at once', () => {
    expect(
      mistakesOf({
        dev: {
          providers: { prove: prove({ server: 'mars' as 'uat-us' }), x: oauth2({ tokenUrl: 'http://a.example' }) },
        },
        staging: { providers: good, memoryMb: 1 },
        prod: undefined,
      }),
    ).toEqual([
      'dev.providers.prove.server must be one of uat-us, prod-us, uat-eu, prod-eu',
      'dev.providers.x.tokenUrl must be an https: URL without credentials or fragment (http: only on loopback)',
      'staging.memoryMb must be at least 128',
      'prod must be an object',
    ]);
  });

  test('need nobody to be told of alarms where nothing is retained', () => {
    expect(mistakesOf({ dev: { providers: good, removal: 'destroy', alarms: undefined } })).toEqual([]);
  });

  test('let an emulator have its token endpoint on loopback', () => {
    const entries = { emulator: { providers: { prove: oauth2({ tokenUrl: 'http://127.0.0.1:8080/token' }) } } };
    expect(parse(entries, { allowLoopback: true }).size).toBe(1);
    expect(() => parse(entries)).toThrow(EnvironmentsError);
  });
});
