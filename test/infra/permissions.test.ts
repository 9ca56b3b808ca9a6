import { describe, expect, test } from '@jest/globals';
import {
  apiStatements,
  findOne,
  managedStatements,
  roleStatements,
  secretStatements,
} from './support/find-policies.ts';
import { type AccessRequest, isAllowed, type Statement } from './support/iam-policy.ts';
import { apiId, resolveTemplate } from './support/resolve-template.ts';
import { account, region, synthesize } from './support/synthesize.ts';

const administrator = `arn:aws:iam::${account}:role/secret-administrator`;
const partner = 'arn:aws:iam::444455556666:role/partner';
const colleague = 'arn:aws:iam::777788889999:role/colleague';
const resources = resolveTemplate(
  synthesize({
    secretAdministratorArns: [administrator],
    callers: [
      { principalArns: [partner], providers: ['prove'] },
      { organizationIds: ['o-exampleorg1'], providers: ['prove-eu'] },
    ],
  }),
);

const everything: readonly Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
const secret = `arn:aws:secretsmanager:${region}:${account}:secret:token-vending/test/prove-AbCdEf`;
const otherSecret = `arn:aws:secretsmanager:${region}:${account}:secret:payroll-AbCdEf`;
const viaSecretsManager = {
  'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
  'kms:EncryptionContext:SecretARN': secret,
};

describe('the vending function', () => {
  const [roleId] = findOne(resources, 'AWS::IAM::Role', 'Vend');
  const role = `arn:aws:iam::${account}:role/${roleId}`;
  const identity = roleStatements(resources, roleId);

  function mayUseSecret(action: string, resource: string): boolean {
    const policies = { identity, resource: secretStatements(resources, resource), resourceAccount: account };
    return isAllowed({ principal: role, action, resource }, policies);
  }

  function mayUseKey(prefix: string, action: string, context: AccessRequest['context'] = {}): boolean {
    const [keyId, { Properties }] = findOne(resources, 'AWS::KMS::Key', prefix);
    const request = { principal: role, action, resource: `arn:aws:kms:${region}:${account}:key/${keyId}`, context };
    return isAllowed(request, {
      identity,
      resource: Properties['KeyPolicy'].Statement,
      resourceAccount: account,
      isKey: true,
    });
  }

  function may(action: string, resource: string): boolean {
    return isAllowed({ principal: role, action, resource }, { identity, resourceAccount: account });
  }

  test('reads each of its secrets', () => {
    expect(mayUseSecret('secretsmanager:GetSecretValue', secret)).toBe(true);
    expect(mayUseSecret('secretsmanager:GetSecretValue', secret.replace('prove-', 'prove-eu-'))).toBe(true);
  });

  test.each([
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecret',
    'secretsmanager:UpdateSecretVersionStage',
    'secretsmanager:DeleteSecret',
    'secretsmanager:DescribeSecret',
    'secretsmanager:PutResourcePolicy',
    'secretsmanager:RotateSecret',
  ])('does not %s', (action) => {
    expect(mayUseSecret(action, secret)).toBe(false);
  });

  test('reads no other secret', () => {
    expect(mayUseSecret('secretsmanager:GetSecretValue', otherSecret)).toBe(false);
    expect(may('secretsmanager:GetSecretValue', secret.replace('/test/', '/prod/'))).toBe(false);
    expect(may('secretsmanager:BatchGetSecretValue', '*')).toBe(false);
    expect(may('secretsmanager:ListSecrets', '*')).toBe(false);
  });

  test('decrypts with the secrets’ key, through Secrets Manager and for its secrets only', () => {
    expect(mayUseKey('Secrets', 'kms:Decrypt', viaSecretsManager)).toBe(true);
    expect(mayUseKey('Secrets', 'kms:Decrypt')).toBe(false);
    expect(mayUseKey('Secrets', 'kms:Decrypt', { ...viaSecretsManager, 'kms:ViaService': 's3.amazonaws.com' })).toBe(
      false,
    );
    const forAnotherSecret = { ...viaSecretsManager, 'kms:EncryptionContext:SecretARN': otherSecret };
    expect(mayUseKey('Secrets', 'kms:Decrypt', forAnotherSecret)).toBe(false);
    const ofAnotherEnvironment = secret.replace('/test/', '/test-2/');
    const forThat = { ...viaSecretsManager, 'kms:EncryptionContext:SecretARN': ofAnotherEnvironment };
    expect(mayUseKey('Secrets', 'kms:Decrypt', forThat)).toBe(false);
  });

  test.each(['kms:Encrypt', 'kms:GenerateDataKey', 'kms:CreateGrant', 'kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy'])(
    'does not %s',
    (action) => {
      expect(mayUseKey('Secrets', action, viaSecretsManager)).toBe(false);
    },
  );

  test('decrypts with no other key', () => {
    expect(mayUseKey('Logs', 'kms:Decrypt', viaSecretsManager)).toBe(false);
  });

  test('writes to its own log group only', () => {
    const stream = (group: string): string => `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:any`;
    expect(may('logs:PutLogEvents', stream('/token-vending/test/vend'))).toBe(true);
    expect(may('logs:CreateLogStream', stream('/token-vending/test/vend'))).toBe(true);
    expect(may('logs:PutLogEvents', stream('/token-vending/test/access'))).toBe(false);
    expect(may('logs:GetLogEvents', stream('/token-vending/test/vend'))).toBe(false);
    expect(may('logs:CreateLogGroup', '*')).toBe(false);
  });

  test.each([
    ['sts:AssumeRole', `arn:aws:iam::${account}:role/any`],
    ['iam:PassRole', `arn:aws:iam::${account}:role/any`],
    ['lambda:InvokeFunction', `arn:aws:lambda:${region}:${account}:function:any`],
    ['lambda:UpdateFunctionCode', `arn:aws:lambda:${region}:${account}:function:any`],
    ['execute-api:Invoke', `arn:aws:execute-api:${region}:${account}:${apiId}/v1/POST/tokens/prove`],
    ['s3:GetObject', 'arn:aws:s3:::any/thing'],
    ['dynamodb:GetItem', `arn:aws:dynamodb:${region}:${account}:table/any`],
    ['ssm:GetParameter', `arn:aws:ssm:${region}:${account}:parameter/any`],
  ])('does not %s', (action, resource) => {
    expect(may(action, resource)).toBe(false);
  });

  test('is run by Lambda alone', () => {
    const trust = findOne(resources, 'AWS::IAM::Role', 'Vend')[1].Properties['AssumeRolePolicyDocument'].Statement;
    const mayAssume = (principal: string): boolean =>
      isAllowed({ principal, action: 'sts:AssumeRole', resource: role }, { resource: trust, resourceAccount: account });
    expect(mayAssume('lambda.amazonaws.com')).toBe(true);
    expect(mayAssume('ec2.amazonaws.com')).toBe(false);
    expect(mayAssume(administrator)).toBe(false);
  });
});

describe('the rotation function', () => {
  const [roleId] = findOne(resources, 'AWS::IAM::Role', 'Rotate');
  const role = `arn:aws:iam::${account}:role/${roleId}`;
  const identity = roleStatements(resources, roleId);

  function mayUseSecret(action: string, resource = secret): boolean {
    const policies = { identity, resource: secretStatements(resources, resource), resourceAccount: account };
    return isAllowed({ principal: role, action, resource }, policies);
  }

  function mayUseKey(action: string, context: NonNullable<AccessRequest['context']>): boolean {
    const [keyId, { Properties }] = findOne(resources, 'AWS::KMS::Key', 'Secrets');
    const request = { principal: role, action, resource: `arn:aws:kms:${region}:${account}:key/${keyId}`, context };
    const resource = Properties['KeyPolicy'].Statement;
    return isAllowed(request, { identity, resource, resourceAccount: account, isKey: true });
  }

  test.each(['DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage'])('may %s of its secrets only', (name) => {
    const action = `secretsmanager:${name}`;
    expect(mayUseSecret(action)).toBe(true);
    expect(mayUseSecret(action, otherSecret)).toBe(false);
  });

  test.each(['PutSecretValue', 'UpdateSecret', 'DeleteSecret', 'RotateSecret', 'PutResourcePolicy', 'CreateSecret'])(
    'does not %s',
    (name) => {
      expect(mayUseSecret(`secretsmanager:${name}`)).toBe(false);
    },
  );

  test('decrypts through Secrets Manager and for its secrets only, and encrypts nothing', () => {
    expect(mayUseKey('kms:Decrypt', viaSecretsManager)).toBe(true);
    expect(mayUseKey('kms:Decrypt', {})).toBe(false);
    expect(mayUseKey('kms:GenerateDataKey', viaSecretsManager)).toBe(false);
  });

  test('writes to its own log group only', () => {
    const may = (group: string): boolean => {
      const resource = `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:any`;
      return isAllowed(
        { principal: role, action: 'logs:PutLogEvents', resource },
        { identity, resourceAccount: account },
      );
    };
    expect(may('/token-vending/test/rotate')).toBe(true);
    expect(may('/token-vending/test/vend')).toBe(false);
  });
});

describe('anyone else with all permissions in the account', () => {
  const statements = secretStatements(resources, secret);
  const may = (principal: string, action: string): boolean =>
    isAllowed(
      { principal, action, resource: secret },
      { identity: everything, resource: statements, resourceAccount: account },
    );

  test('does not read a secret', () => {
    expect(may(`arn:aws:iam::${account}:role/AdministratorAccess`, 'secretsmanager:GetSecretValue')).toBe(false);
    expect(may(`arn:aws:iam::${account}:root`, 'secretsmanager:GetSecretValue')).toBe(false);
  });

  test('fills a secret', () => {
    expect(may(`arn:aws:iam::${account}:role/AdministratorAccess`, 'secretsmanager:PutSecretValue')).toBe(true);
  });

  test('reads it when named an administrator of the secrets', () => {
    expect(may(administrator, 'secretsmanager:GetSecretValue')).toBe(true);
  });
});

/**
 * What the handlers of `AWS::SecretsManager::Secret` need, by CloudFormation's public resource schema:
 * `aws cloudformation describe-type --type RESOURCE --type-name AWS::SecretsManager::Secret`
 */
const handlerPermissions = {
  create: ['DescribeSecret', 'GetRandomPassword', 'CreateSecret', 'TagResource'],
  read: ['DescribeSecret', 'GetSecretValue'],
  update: ['UpdateSecret', 'TagResource', 'UntagResource', 'GetRandomPassword', 'GetSecretValue'],
  delete: ['DeleteSecret', 'DescribeSecret', 'RemoveRegionsFromReplication'],
};

describe('CloudFormation', () => {
  const executionRole = (qualifier: string): string =>
    `arn:aws:iam::${account}:role/cdk-${qualifier}-cfn-exec-role-${account}-${region}`;

  function may(principal: string, name: string, from = resources): boolean {
    const statements = secretStatements(from, secret);
    return isAllowed(
      { principal, action: `secretsmanager:${name}`, resource: secret },
      { identity: everything, resource: statements, resourceAccount: account },
    );
  }

  test.each(Object.entries(handlerPermissions))(
    'may %s a secret with the execution role of cdk bootstrap',
    (_, names) => {
      for (const name of names) expect([name, may(executionRole('hnb659fds'), name)]).toEqual([name, true]);
      expect(may(executionRole('other'), 'GetSecretValue')).toBe(false);
    },
  );

  test('may do so with another role if the settings name one', () => {
    const deployer = `arn:aws:iam::${account}:role/deployer`;
    expect(may(deployer, 'GetSecretValue')).toBe(false);
    const named = resolveTemplate(synthesize({ executionRoleArn: deployer }));
    expect(may(deployer, 'GetSecretValue', named)).toBe(true);
  });
});

describe('a caller', () => {
  const policy = managedStatements(resources, 'TokenVending-test-vend-prove');
  const orders = `arn:aws:iam::${account}:role/orders`;
  const inOrganization = { 'aws:PrincipalOrgID': 'o-exampleorg1' };

  function mayCall(
    methodAndPath: string,
    options: {
      principal?: string;
      identity?: readonly Statement[];
      context?: AccessRequest['context'];
      api?: string;
    } = {},
  ): boolean {
    const { principal = orders, identity = policy, context = {}, api = apiId } = options;
    const resource = `arn:aws:execute-api:${region}:${account}:${api}/${methodAndPath}`;
    const policies = { identity, resource: apiStatements(resources), resourceAccount: account };
    return isAllowed({ principal, action: 'execute-api:Invoke', resource, context }, policies);
  }

  test('with the policy of prove vends from prove', () => {
    expect(mayCall('v1/POST/tokens/prove')).toBe(true);
  });

  test.each([
    'v1/POST/tokens/prove-eu',
    'v1/POST/tokens/prove/more',
    'v1/POST/tokens/',
    'v1/GET/tokens/prove',
    'v1/DELETE/tokens/prove',
    'v1/GET/health',
    'v2/POST/tokens/prove',
    'test-invoke-stage/POST/tokens/prove',
  ])('with the policy of prove does not call %s', (methodAndPath) => {
    expect(mayCall(methodAndPath)).toBe(false);
  });

  test('with a policy for several providers vends from these, and may not call /health', () => {
    const several = resolveTemplate(synthesize({ callerPolicies: { billing: ['prove'] } }));
    const identity = managedStatements(several, 'TokenVending-test-vend-billing');
    expect(mayCall('v1/POST/tokens/prove', { identity })).toBe(true);
    expect(mayCall('v1/POST/tokens/prove-eu', { identity })).toBe(false);
    expect(mayCall('v1/GET/health', { identity })).toBe(false);
  });

  test('with the policy for /health calls it, and vends nothing', () => {
    const identity = managedStatements(resources, 'TokenVending-test-health');
    expect(mayCall('v1/GET/health', { identity })).toBe(true);
    expect(mayCall('v1/POST/tokens/prove', { identity })).toBe(false);
  });

  test('with the policy of prove calls no other API', () => {
    expect(mayCall('v1/POST/tokens/prove', { api: 'zzzzzzzzzz' })).toBe(false);
  });

  test('with the policy of prove reaches neither the secret nor the function', () => {
    const policies = { identity: policy, resourceAccount: account };
    const functionArn = `arn:aws:lambda:${region}:${account}:function:any:live`;
    expect(isAllowed({ principal: orders, action: 'secretsmanager:GetSecretValue', resource: secret }, policies)).toBe(
      false,
    );
    expect(isAllowed({ principal: orders, action: 'lambda:InvokeFunction', resource: functionArn }, policies)).toBe(
      false,
    );
  });

  test('without any policy is refused', () => {
    expect(mayCall('v1/POST/tokens/prove', { identity: [] })).toBe(false);
  });

  test('of another account needs an entry in the settings and a policy of its own', () => {
    expect(mayCall('v1/POST/tokens/prove', { principal: partner, identity: everything })).toBe(true);
    expect(mayCall('v1/POST/tokens/prove', { principal: partner, identity: [] })).toBe(false);
    expect(mayCall('v1/POST/tokens/prove', { principal: colleague, identity: everything })).toBe(false);
  });

  test('of another account vends from no provider that its entry does not name', () => {
    expect(mayCall('v1/POST/tokens/prove-eu', { principal: partner, identity: everything })).toBe(false);
    expect(mayCall('v1/POST/tokens/prove-european', { principal: partner, identity: everything })).toBe(false);
  });

  test('of the organization is admitted by its own policy', () => {
    const member = { principal: colleague, context: inOrganization };
    expect(mayCall('v1/POST/tokens/prove-eu', { ...member, identity: everything })).toBe(true);
    expect(mayCall('v1/POST/tokens/prove-eu', { ...member, identity: [] })).toBe(false);
    expect(mayCall('v1/POST/tokens/prove-eu', { principal: colleague, identity: everything })).toBe(false);
  });

  test('of the same account is not admitted by the organization alone', () => {
    expect(mayCall('v1/POST/tokens/prove-eu', { identity: [], context: inOrganization })).toBe(false);
  });

  test('of a private API is admitted through its VPC endpoint only', () => {
    const vpcEndpointIds = ['vpce-0123456789abcdef0'];
    const ownResources = resolveTemplate(synthesize({ endpoint: { type: 'PRIVATE', vpcEndpointIds } }));
    const mayCallFrom = (vpcEndpoint: string | undefined): boolean =>
      isAllowed(
        {
          principal: orders,
          action: 'execute-api:Invoke',
          resource: `arn:aws:execute-api:${region}:${account}:${apiId}/v1/POST/tokens/prove`,
          context: vpcEndpoint === undefined ? {} : { 'aws:SourceVpce': vpcEndpoint },
        },
        { identity: policy, resource: apiStatements(ownResources), resourceAccount: account },
      );
    expect(mayCallFrom('vpce-0123456789abcdef0')).toBe(true);
    expect(mayCallFrom('vpce-00000000000000000')).toBe(false);
    expect(mayCallFrom(undefined)).toBe(false);
  });
});

describe('the AWS services', () => {
  test('CloudWatch Logs uses the logs’ key for this environment’s log groups, and not the secrets’ key', () => {
    const mayUse = (prefix: string, logGroup: string): boolean => {
      const [keyId, { Properties }] = findOne(resources, 'AWS::KMS::Key', prefix);
      return isAllowed(
        {
          principal: `logs.${region}.amazonaws.com`,
          action: 'kms:GenerateDataKeyWithoutPlaintext',
          resource: `arn:aws:kms:${region}:${account}:key/${keyId}`,
          context: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:${logGroup}` },
        },
        { resource: Properties['KeyPolicy'].Statement, resourceAccount: account, isKey: true },
      );
    };
    expect(mayUse('Logs', '/token-vending/test/vend')).toBe(true);
    expect(mayUse('Logs', '/token-vending/prod/vend')).toBe(false);
    expect(mayUse('Secrets', '/token-vending/test/vend')).toBe(false);
  });
});
