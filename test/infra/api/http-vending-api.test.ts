import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize({ api: 'http', throttling: { requestsPerSecond: 7, burst: 9 } });

describe('the vending API as an HTTP API', () => {
  test('requires an AWS signature on every route, whatever the method', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 2);
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' });
    for (const RouteKey of ['ANY /tokens/{provider}', 'ANY /health']) {
      template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey });
    }
  });

  test('calls the alias live with an event of format 1.0, and nothing else may', () => {
    template.allResourcesProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { Ref: Match.stringLikeRegexp('^VendLive') },
      PayloadFormatVersion: '1.0',
    });
    const fromTheApi = {
      FunctionName: { Ref: Match.stringLikeRegexp('^VendLive') },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: Match.anyValue(),
    };
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', fromTheApi, 2);
  });

  test('has the stage v1, which throttles as the settings say and writes the access log', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: 'v1',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 },
    });
    expect(JSON.parse(accessLogFormatOf(template, 'AWS::ApiGatewayV2::Stage', 'AccessLogSettings'))).toMatchObject({
      requestId: '$context.requestId',
      callerArn: '$context.identity.userArn',
      resource: '$context.routeKey',
    });
  });

  test('writes the same access log as a REST API, but for what names the route', () => {
    const http = accessLogFormatOf(template, 'AWS::ApiGatewayV2::Stage', 'AccessLogSettings');
    const rest = accessLogFormatOf(synthesize(), 'AWS::ApiGateway::Stage', 'AccessLogSetting');
    expect(http.replace('routeKey', 'resourcePath')).toBe(rest);
  });

  test('has the ARNs that a REST API has, so that caller policies look alike', () => {
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      ManagedPolicyName: 'TokenVending-test-vend-prove',
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Resource: {
              'Fn::Join': [
                '',
                [
                  'arn:aws:execute-api:us-east-1:111122223333:',
                  { Ref: Match.stringLikeRegexp('^ApiHttpApi') },
                  '/v1/POST/tokens/prove',
                ],
              ],
            },
          }),
        ],
      },
    });
  });

  test('names its own metrics in the alarm on slow answers', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/ApiGateway',
      MetricName: 'Latency',
      Dimensions: [
        { Name: 'ApiId', Value: { Ref: Match.stringLikeRegexp('^ApiHttpApi') } },
        { Name: 'Stage', Value: 'v1' },
      ],
    });
  });

  test('brings nothing of a REST API, not even the account’s role for its logs', () => {
    const types = Object.values(template.toJSON()['Resources'] as Record<string, { Type: string }>);
    expect(types.filter(({ Type }) => Type.startsWith('AWS::ApiGateway::'))).toEqual([]);
  });

  test('is named by the output', () => {
    const { Endpoint } = template.findOutputs('Endpoint');
    expect(JSON.stringify(Endpoint?.['Value'])).toMatch(
      /"https:\/\/",\{"Ref":"ApiHttpApi\w+"\},"\.execute-api\.us-east-1/,
    );
  });
});

function accessLogFormatOf(from: Template, type: string, property: string): string {
  const [stage] = Object.values(from.findResources(type));
  return String(stage?.['Properties'][property].Format);
}
