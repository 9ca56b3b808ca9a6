import type { Template } from 'aws-cdk-lib/assertions';
import { prove } from '../../../infra/settings/providers.ts';
import { apiStatements } from './find-policies.ts';
import { listOf, type Statement } from './iam-policy.ts';
import { apiId, type Resource, resolveTemplate } from './resolve-template.ts';
import { account, region, synthesize } from './synthesize.ts';

interface Row {
  /** The principal, or what a policy is attached to. */
  readonly who: string;
  readonly statement: Statement;
}

/** The reason for a permission, by the `Sid` of its statement, or by its action if CDK writes the statement. */
const reasons: Readonly<Record<string, string>> = {
  WriteOwnLog: 'its log lines',
  ReadClientSecrets: 'the client credentials of its providers',
  RotateClientSecrets: 'tests the version that is to become the current one, and moves the label',
  DecryptClientSecrets: 'Secrets Manager decrypts on behalf of the reader',
  ShareTokens: '`tokenStore: dynamodb`: tokens and leases, one item at a time',
  EncryptSharedTokens: 'DynamoDB encrypts on behalf of whoever uses the table',
  DenyItemsToOthers: 'no other policy of the account, however wide, opens the items to anybody else',
  DenyAllButSingleItems: 'nobody has a reason to read all items',
  ProbeAsCaller: '`prober`: what a caller of all providers may do, and nothing more; that is what it tests',
  Vend: 'what a service gets attached that needs tokens of this provider, or of these (`callerPolicies`)',
  GetHealth: 'what a monitor gets attached',
  OwnAccountByItsPolicies: 'inside the account a caller needs a policy of its own; this alone lets nobody in',
  Principals0: '`callers`: another account’s callers, who need a policy over there as well',
  Organizations0: '`callers`: likewise, for a whole organization except this account',
  OnlyThroughVpcEndpoints: '`endpoint: PRIVATE`',
  DenyReadingToOthers:
    'no other policy of the account, however wide, lets anybody read a secret; CloudFormation’s handlers read it',
  EncryptLogs: 'the log groups of this environment are encrypted',
  AllowPublishThroughSSLOnly: 'alarm messages travel encrypted',
  'kms:*': 'key administration is left to the account’s IAM policies; without it nobody could ever change the key',
  'kms:Decrypt': 'alarm messages to an encrypted topic',
  PublishAlarms: 'alarms are sent to the topic',
  'lambda:InvokeFunction': 'API Gateway calls the function, through its alias, for this resource of this API',
  InvokeProber: '`prober`: its schedule runs it',
  InvokeRotation: 'Secrets Manager calls the function for the secrets of this account that name it',
  'xray:PutTelemetryRecords': '`tracing: xray`: X-Ray has no resources that a policy could name',
  'sts:AssumeRole': 'the service that uses the role',
  AmazonAPIGatewayPushToCloudWatchLogs: 'API Gateway writes access logs (`apiGatewayLogRole: create`)',
  AWSCodeDeployRoleForLambdaLimited: 'CodeDeploy moves the alias and reads the alarms (`deployment: canary`)',
};

/** Every permission of an environment `test` with the provider `prove` and every optional part, as a Markdown table. */
export function permissionsTable(): string {
  const callers = {
    principalArns: ['arn:aws:iam::444455556666:role/partner'],
    organizationIds: ['o-exampleorg1'],
    providers: ['prove'],
  };
  const providers = { prove: prove({ server: 'prod-us' }) };
  const lines = linesOf(
    synthesize({
      providers,
      callers: [callers],
      endpoint: { type: 'PRIVATE', vpcEndpointIds: ['vpce-0123456789abcdef0'] },
      alarms: { page: { email: 'operators@example.com' } },
      secretAdministratorArns: ['arn:aws:iam::111122223333:role/secret-administrator'],
      callerPolicies: { billing: ['prove'] },
      tracing: 'xray',
      tokenStore: 'dynamodb',
    }),
  );
  // A prober cannot reach a private endpoint, so an environment has one or the other.
  const ofProber = linesOf(synthesize({ providers, prober: true })).filter((line) => /Probe/.test(line));
  const head = ['| who | may | what | on | only if | why |', '|---|---|---|---|---|---|'];
  return [...head, ...new Set([...lines, ...ofProber])].join('\n');
}

function linesOf(template: Template): string[] {
  const resources = resolveTemplate(template);
  return Object.entries(resources).flatMap(([id, resource]) => [
    ...managedPolicyLines(id, resource),
    ...rowsOf(id, resource, resources).map(lineOf),
  ]);
}

function rowsOf(id: string, { Type, Properties }: Resource, resources: Readonly<Record<string, Resource>>): Row[] {
  const all = (who: string, statements: readonly Statement[]): Row[] =>
    statements.map((statement) => ({ who, statement }));
  if (Type === 'AWS::IAM::Role')
    return all(`role \`${nameOf(id)}\` is assumed`, Properties['AssumeRolePolicyDocument'].Statement);
  if (Type === 'AWS::IAM::Policy') {
    return all(
      Properties['Roles'].map((role: string) => `role \`${nameOf(role)}\``).join(),
      Properties['PolicyDocument'].Statement,
    );
  }
  if (Type === 'AWS::IAM::ManagedPolicy') {
    return all(`policy \`${Properties['ManagedPolicyName']}\``, Properties['PolicyDocument'].Statement);
  }
  if (Type === 'AWS::KMS::Key') return all(`policy of key \`${nameOf(id)}\``, Properties['KeyPolicy'].Statement);
  if (Type === 'AWS::SecretsManager::ResourcePolicy')
    return all('policy of the secret', Properties['ResourcePolicy'].Statement);
  if (Type === 'AWS::DynamoDB::Table')
    return all('policy of the token table', Properties['ResourcePolicy'].PolicyDocument.Statement);
  if (Type === 'AWS::ApiGateway::RestApi') return all('policy of the API', apiStatements(resources));
  if (Type === 'AWS::SNS::TopicPolicy') return all('policy of the alarm topic', Properties['PolicyDocument'].Statement);
  if (Type === 'AWS::Lambda::Permission') {
    const { Principal, Action, FunctionName, SourceArn, SourceAccount } = Properties;
    const Condition =
      SourceArn === undefined
        ? { StringEquals: { 'aws:SourceAccount': SourceAccount } }
        : { ArnLike: { 'aws:SourceArn': SourceArn } };
    const statement = {
      ...(SourceArn === undefined && { Sid: 'InvokeRotation' }),
      ...(Principal === 'events.amazonaws.com' && { Sid: 'InvokeProber' }),
      Effect: 'Allow',
      Principal: { Service: Principal },
      Action,
      Resource: FunctionName,
      Condition,
    } as const;
    return all('policy of the function', [statement]);
  }
  return [];
}

/** Policies that AWS maintains, by name. Their content is not in the template. */
function managedPolicyLines(id: string, { Type, Properties }: Resource): string[] {
  if (Type !== 'AWS::IAM::Role') return [];
  return listOf<string>(Properties['ManagedPolicyArns']).map((arn) => {
    const name = arn.split('/').at(-1) ?? arn;
    return `| role \`${nameOf(id)}\` | Allow | AWS’s policy \`${name}\` | | | ${reasonOf(name)} |`;
  });
}

function lineOf({ who, statement }: Row): string {
  const { Sid, Effect, Principal, Action, Resource, Condition = {} } = statement;
  const actions = listOf(Action);
  const principals =
    Principal === undefined ? '' : ` ${code(Principal === '*' ? ['*'] : Object.values(Principal).flat())}`;
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `\`${key}\` ${operator} ${code(listOf(values))}`),
  );
  const cells = [
    `${who}${principals && `:${principals}`}`,
    Effect,
    code(actions),
    code(listOf(Resource)),
    conditions.join('; '),
  ];
  return `| ${cells.join(' | ')} | ${reasonOf(Sid !== undefined && Object.hasOwn(reasons, Sid) ? Sid : (actions[0] ?? ''))} |`;
}

function reasonOf(key: string): string {
  const reason = reasons[key];
  if (reason === undefined) throw new Error(`permissions-table.ts gives no reason for ${key}`);
  return reason;
}

function code(values: readonly string[]): string {
  return values.map((value) => `\`${withoutPlace(value)}\``).join(', ');
}

/** A logical id without its hash. */
function nameOf(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

function withoutPlace(value: string): string {
  return value
    .replaceAll(account, '{account}')
    .replaceAll(region, '{region}')
    .replaceAll(apiId, '{api}')
    .replace(/(role\/|rule\/|key\/|function:|\{account\}:)(\w+?)[0-9A-F]{8}(?=$|:)/g, '$1$2');
}
