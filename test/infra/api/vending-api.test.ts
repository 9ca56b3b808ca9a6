import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { prove } from '../../../infra/settings/providers.ts';
import { TokenVendingStack } from '../../../infra/token-vending-stack.ts';
import { createTestApp, findStack, synthesize } from '../support/synthesize.ts';

const template = synthesize();
const endpoint = { type: 'PRIVATE' as const, vpcEndpointIds: ['vpce-0123456789abcdef0'] };

interface GatewayResponse {
  readonly ResponseType: string;
  readonly StatusCode?: string;
  readonly ResponseParameters: Readonly<Record<string, string>>;
  readonly ResponseTemplates: Readonly<Record<'application/json', string>>;
}

function deploymentId(from: Template): string {
  return Object.keys(from.findResources('AWS::ApiGateway::Deployment')).join();
}

describe('the vending API', () => {
  test('requires an AWS signature on every method', () => {
    template.resourceCountIs('AWS::ApiGateway::Method', 2);
    template.allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'AWS_IAM', HttpMethod: 'ANY' });
  });

  test('has the resources /tokens/{provider} and /health', () => {
    for (const PathPart of ['tokens', '{provider}', 'health']) {
      template.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart });
    }
    template.resourceCountIs('AWS::ApiGateway::Resource', 3);
  });

  test('calls the alias live', () => {
    template.allResourcesProperties('AWS::ApiGateway::Method', {
      Integration: {
        Type: 'AWS_PROXY',
        Uri: { 'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('^VendLive') }])] },
      },
    });
  });

  test('may call it only from the stage v1, not from the console’s test button', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('test-invoke-stage');
    const fromTheApi = {
      FunctionName: { Ref: Match.stringLikeRegexp('^VendLive') },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: Match.anyValue(),
    };
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', fromTheApi, 2);
    // The other one is for Secrets Manager, which calls the rotation function.
    template.resourceCountIs('AWS::Lambda::Permission', 3);
  });

  test('throttles as the settings say, and writes no bodies to a log', () => {
    const throttled = synthesize({ throttling: { requestsPerSecond: 7, burst: 9 } });
    throttled.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'v1',
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 7,
          ThrottlingBurstLimit: 9,
          DataTraceEnabled: false,
        },
      ],
    });
  });

  test('writes an access log of JSON lines with the caller and the request, and without what callers sign', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    const Format: string = stage?.['Properties'].AccessLogSetting.Format;
    expect(JSON.parse(Format)).toMatchObject({
      requestId: '$context.requestId',
      callerArn: '$context.identity.userArn',
      status: '$context.status',
    });
    expect(Format).not.toMatch(/error\.message|authorization|header/i);
  });

  describe('answers refusals', () => {
    const answers = Object.values(template.findResources('AWS::ApiGateway::GatewayResponse')).map(
      ({ Properties }) => Properties as GatewayResponse,
    );

    test.each([
      ['MISSING_AUTHENTICATION_TOKEN', 'invalid_client'],
      ['INVALID_SIGNATURE', 'invalid_client'],
      ['EXPIRED_TOKEN', 'invalid_client'],
      ['ACCESS_DENIED', 'unauthorized_client'],
      ['THROTTLED', 'temporarily_unavailable'],
      ['REQUEST_TOO_LARGE', 'invalid_request'],
      ['DEFAULT_4XX', 'invalid_client'],
      ['DEFAULT_5XX', 'server_error'],
    ])('with an error that OAuth clients read: %s is %s', (type, error) => {
      const answer = answers.find(({ ResponseType }) => ResponseType === type);
      const body = answer?.ResponseTemplates['application/json'].replace('$context.error.messageString', '"AWS says"');
      expect(JSON.parse(body ?? '')).toEqual({ error, error_description: expect.any(String), message: 'AWS says' });
      // API Gateway's own status.
      expect(answer?.StatusCode).toBeUndefined();
    });

    test('with a description in the characters that RFC 6749 §5.2 allows', () => {
      for (const { ResponseTemplates } of answers) {
        expect(ResponseTemplates['application/json']).toMatch(/"error_description":"[\x20-\x21\x23-\x5b\x5d-\x7e]+",/);
      }
    });

    test('with headers that forbid caching', () => {
      for (const { ResponseParameters } of answers) {
        expect(ResponseParameters).toMatchObject({
          'gatewayresponse.header.cache-control': "'no-store'",
          'gatewayresponse.header.pragma': "'no-cache'",
        });
      }
    });

    test('with retry-after when it throttles, and only then', () => {
      const waiting = answers.filter((answer) => answer.ResponseParameters['gatewayresponse.header.retry-after']);
      expect(waiting.map(({ ResponseType }) => ResponseType)).toEqual(['THROTTLED']);
    });
  });

  test('is regional, or private with its VPC endpoints', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
    synthesize({ endpoint }).hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: endpoint.vpcEndpointIds },
    });
  });

  test('has an output per VPC endpoint that works without private DNS', () => {
    const name = 'EndpointViaVpce0123456789abcdef0';
    expect(template.findOutputs(name)).toEqual({});
    const parts: unknown[] = synthesize({ endpoint }).findOutputs(name)[name]?.['Value']['Fn::Join'][1];
    const text = parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('');
    expect(text).toMatch(
      /^https:\/\/\{"Ref":"ApiRestApi\w+"\}-vpce-0123456789abcdef0\.execute-api\.us-east-1\.\{"Ref":"AWS::URLSuffix"\}\/v1$/,
    );
  });

  test('is behind a web ACL if the settings name one', () => {
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
    const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/acl/00000000-0000-0000-0000-000000000000';
    synthesize({ webAclArn }).hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      WebACLArn: webAclArn,
      ResourceArn: {
        'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('^arn:aws:apigateway:us-east-1::/restapis/$')])],
      },
    });
  });

  test('is deployed again when its policy changes, because API Gateway uses the old one until then', () => {
    const callers = [{ organizationIds: ['o-exampleorg1'], providers: ['prove'] }];
    expect(deploymentId(synthesize({ callers }))).not.toBe(deploymentId(template));
    expect(deploymentId(synthesize({ endpoint }))).not.toBe(deploymentId(template));
    expect(deploymentId(synthesize({ memoryMb: 1024 }))).toBe(deploymentId(template));
  });

  test('leaves the account’s role for logs alone if another team manages it', () => {
    template.resourceCountIs('AWS::ApiGateway::Account', 1);
    synthesize({ apiGatewayLogRole: 'existing' }).resourceCountIs('AWS::ApiGateway::Account', 0);
  });
});

describe('the caller policies', () => {
  test.each([
    ['vend-prove', 'Vend tokens of prove (test)'],
    ['vend-prove-eu', 'Vend tokens of prove-eu (test)'],
    ['vend-billing', 'Vend tokens of billing (test)'],
    ['health', 'Ask whether the token vending service is up (test)'],
  ])(
    'have a name, and a description that never changes, because CloudFormation would replace them: %s',
    (name, description) => {
      const withBilling = synthesize({ callerPolicies: { billing: ['prove', 'prove-eu'] } });
      withBilling.resourceCountIs('AWS::IAM::ManagedPolicy', 4);
      withBilling.hasResourceProperties('AWS::IAM::ManagedPolicy', {
        ManagedPolicyName: `TokenVending-test-${name}`,
        Description: description,
        PolicyDocument: { Statement: [Match.objectLike({ Action: 'execute-api:Invoke', Effect: 'Allow' })] },
      });
    },
  );
});

describe('grantVend', () => {
  const app = createTestApp({ test: { providers: { prove: prove({ server: 'uat-us' }) } } });
  const stack = findStack(app, 'TokenVending-test');
  if (!(stack instanceof TokenVendingStack)) throw new Error('not a TokenVendingStack');
  const role = new Role(stack, 'Orders', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });

  test('lets a role vend from one provider', () => {
    stack.grantVend(role, 'prove');
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Orders') }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'execute-api:Invoke',
            Resource: { 'Fn::Join': ['', Match.arrayWith(['/v1/POST/tokens/prove'])] },
          },
        ],
      },
    });
  });

  test('refuses a provider that the environment does not have', () => {
    expect(() => stack.grantVend(role, 'pruve')).toThrow('There is no provider pruve; there are prove');
  });
});
