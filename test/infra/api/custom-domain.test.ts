import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synthesize.ts';

const domain = {
  name: 'tokens.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
};
const hostedZone = { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' };
const targetOf = { 'Fn::GetAtt': [Match.stringLikeRegexp('^DomainName'), 'RegionalDomainName'] };

function outputOf(template: Template, name: string): unknown {
  return template.findOutputs(name)[name]?.['Value'];
}

describe.each([
  ['rest', '^ApiRestApi', '^ApiRestApiDeploymentStage'],
  ['http', '^ApiHttpApi', '^ApiStage'],
] as const)('a domain of an API of kind %s', (api, apiId, stage) => {
  const template = synthesize({ api, domain });

  test('has the certificate, TLS 1.2, and the stage under its own name, so that the path stays', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: domain.name,
      DomainNameConfigurations: [
        { CertificateArn: domain.certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    });
    template.hasResource('AWS::ApiGatewayV2::ApiMapping', {
      Properties: {
        DomainName: { Ref: Match.stringLikeRegexp('^DomainName') },
        ApiId: { Ref: Match.stringLikeRegexp(apiId) },
        Stage: 'v1',
        ApiMappingKey: 'v1',
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp(stage)]),
    });
  });

  test('is the endpoint, in the output and in the parameter for callers’ stacks', () => {
    expect(outputOf(template, 'Endpoint')).toBe('https://tokens.example.com/v1');
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/token-vending/test/endpoint',
      Value: 'https://tokens.example.com/v1',
    });
  });

  test('gets a record in its hosted zone, or an output that says where it must point to', () => {
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    template.hasOutput('DomainTarget', { Value: targetOf });
    const withZone = synthesize({ api, domain: { ...domain, hostedZone } });
    expect(outputOf(withZone, 'DomainTarget')).toBeUndefined();
    withZone.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: domain.name,
      Type: 'A',
      HostedZoneId: hostedZone.id,
      AliasTarget: {
        DNSName: targetOf,
        HostedZoneId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DomainName'), 'RegionalHostedZoneId'] },
      },
    });
  });

  test('is the only address if the settings say so', () => {
    const type = api === 'rest' ? 'AWS::ApiGateway::RestApi' : 'AWS::ApiGatewayV2::Api';
    template.hasResourceProperties(type, { DisableExecuteApiEndpoint: Match.absent() });
    const only = synthesize({ api, domain: { ...domain, isOnlyAddress: true } });
    only.hasResourceProperties(type, { DisableExecuteApiEndpoint: true });
  });
});

test('without a domain there is none', () => {
  const template = synthesize();
  for (const type of ['AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::ApiMapping', 'AWS::Route53::RecordSet']) {
    template.resourceCountIs(type, 0);
  }
});
