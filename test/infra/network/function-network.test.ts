import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { Environment } from '../../../infra/settings/environment.ts';
import { prove } from '../../../infra/settings/providers.ts';
import { createTestApp, synthesize } from '../support/synthesize.ts';

const given = {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
};
const routeTableIds = ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'];

const inGiven = synthesize({ vpc: given });
const inNew = synthesize({ vpc: { new: { natGateways: 1 } }, tokenStore: 'dynamodb' });

interface SecurityGroupRule {
  readonly FromPort: number;
  readonly ToPort: number;
  readonly IpProtocol: string;
}

function typesIn(template: Template, pattern: RegExp): string[] {
  const resources = Object.values(template.toJSON()['Resources'] as Record<string, { Type: string }>);
  return [...new Set(resources.map(({ Type }) => Type))].filter((type) => pattern.test(type)).sort();
}

/** The roles that a policy of an endpoint lets through. */
function onlyRoles(...roles: string[]) {
  return {
    ArnEquals: { 'aws:PrincipalArn': roles.map((role) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(role), 'Arn'] })) },
  };
}

describe.each([
  ['given', inGiven],
  ['new', inNew],
])('in a %s VPC', (_, template) => {
  test('both functions are in the private subnets and are told where Secrets Manager is', () => {
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SecurityGroupIds: [Match.anyValue()], SubnetIds: [Match.anyValue(), Match.anyValue()] },
      Environment: {
        Variables: { AWS_ENDPOINT_URL_SECRETS_MANAGER: { 'Fn::Join': ['', ['https://', Match.anyValue()]] } },
      },
    });
  });

  test('nothing but HTTPS leaves, and nothing comes in but to the endpoint', () => {
    const groups = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
    const inline = groups.flatMap(({ Properties }) => (Properties['SecurityGroupEgress'] ?? []) as SecurityGroupRule[]);
    // The other is CDK's way to say that nothing leaves at all.
    expect(inline.map(({ IpProtocol, FromPort, ToPort }) => [IpProtocol, FromPort, ToPort]).sort()).toEqual([
      ['icmp', 252, 86],
      ['tcp', 443, 443],
    ]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 443,
      ToPort: 443,
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^NetworkFunctions'), 'GroupId'] },
    });
  });

  test('the endpoint for Secrets Manager is for the two roles and the stack’s secrets, and changes no name of the VPC', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.us-east-1.secretsmanager',
      PrivateDnsEnabled: false,
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: [
              'secretsmanager:DescribeSecret',
              'secretsmanager:GetSecretValue',
              'secretsmanager:UpdateSecretVersionStage',
            ],
            Resource: ['^Secretsprove', '^Secretsproveeu'].map((secret) => ({
              'Fn::GetAtt': [Match.stringLikeRegexp(secret), 'Id'],
            })),
            Condition: onlyRoles('^VendRole', '^RotateRole'),
          },
        ],
      },
    });
  });

  test('Lambda may connect the functions, and the functions’ own code may not', () => {
    for (const role of ['VendRole', 'RotateRole']) {
      template.hasResourceProperties('AWS::IAM::Policy', {
        Roles: [{ Ref: Match.stringLikeRegexp(`^${role}`) }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Sid: 'ConnectToVpc', Effect: 'Allow', Resource: '*' }),
            Match.objectLike({
              Sid: 'NotFromTheFunction',
              Effect: 'Deny',
              Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
            }),
          ]),
        },
      });
    }
  });
});

describe('a new VPC', () => {
  test('has two zones, a NAT gateway with an address that an output names, and outlives nothing that dev makes', () => {
    inNew.resourceCountIs('AWS::EC2::Subnet', 4);
    inNew.resourceCountIs('AWS::EC2::NatGateway', 1);
    const [address] = Object.keys(inNew.findResources('AWS::EC2::EIP'));
    expect(inNew.findOutputs('EgressAddresses')['EgressAddresses']?.['Value']).toEqual({
      'Fn::GetAtt': [address, 'PublicIp'],
    });
    inNew.hasResource('AWS::EC2::EIP', { DeletionPolicy: 'RetainExceptOnCreate' });
    synthesize({ vpc: { new: { natGateways: 1 } }, removal: 'destroy' }).hasResource('AWS::EC2::EIP', {
      DeletionPolicy: 'Delete',
    });
  });

  test('has a NAT gateway per zone if the settings say so', () => {
    const three = synthesize({ vpc: { new: { natGateways: 3 } } });
    three.resourceCountIs('AWS::EC2::NatGateway', 3);
    three.resourceCountIs('AWS::EC2::Subnet', 6);
    const routes = Object.values(three.findResources('AWS::EC2::Route')).map(({ Properties }) => Properties);
    const gateways = routes.flatMap(({ NatGatewayId }) => (NatGatewayId === undefined ? [] : [NatGatewayId.Ref]));
    expect(new Set(gateways).size).toBe(3);
    const { Value } = three.findOutputs('EgressAddresses')['EgressAddresses'] ?? {};
    expect(Value['Fn::Join'][1]).toHaveLength(5);
  });

  test('has subnets that do not overlap', () => {
    const blocks = Object.values(inNew.findResources('AWS::EC2::Subnet')).map(({ Properties }) => Properties.CidrBlock);
    expect(blocks.sort()).toEqual(['10.0.0.0/27', '10.0.0.32/27', '10.0.0.64/27', '10.0.0.96/27']);
  });

  test('reaches the token table through an endpoint for the roles and the table', () => {
    inNew.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: 'com.amazonaws.us-east-1.dynamodb',
      RouteTableIds: [Match.anyValue(), Match.anyValue()],
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
            Condition: onlyRoles('^VendRole', '^RotateRole'),
          }),
        ],
      },
    });
  });
});

describe('a given VPC', () => {
  test('gets nothing new but the endpoint and security groups', () => {
    expect(typesIn(inGiven, /^AWS::EC2::/)).toEqual([
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupIngress',
      'AWS::EC2::VPCEndpoint',
    ]);
    inGiven.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
    expect(inGiven.findOutputs('EgressAddresses')).toEqual({});
  });

  test('gets an endpoint for DynamoDB only where its route tables are named, and one that is closed to nobody else', () => {
    synthesize({ vpc: given, tokenStore: 'dynamodb' }).resourceCountIs('AWS::EC2::VPCEndpoint', 1);
    const withTables = synthesize({ vpc: { ...given, routeTableIds }, tokenStore: 'dynamodb' });
    withTables.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      VpcId: given.vpcId,
      RouteTableIds: routeTableIds,
      PolicyDocument: Match.absent(),
    });
  });
});

test('without the setting there is no VPC, and synthesis looks nothing up with it', () => {
  expect(typesIn(synthesize(), /^AWS::EC2::/)).toEqual([]);
  const environments = Object.entries<Environment['vpc']>({ given, new: { new: { natGateways: 2 } } });
  for (const [name, vpc] of environments) {
    const providers = { prove: prove({ server: 'uat-us' }) };
    const assembly = createTestApp({ [name]: { providers, ...(vpc && { vpc }) } }).synth();
    expect(assembly.manifest.missing).toBeUndefined();
  }
});
