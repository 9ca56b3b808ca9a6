import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synthesize.ts';

const callerLimit = { requestsPerSecond: 20, burst: 40 };
const template = synthesize({ callerLimit: { ...callerLimit, webAcl: 'create' } });

describe('a limit per caller', () => {
  test('deploys no web ACL unless that is asked for', () => {
    for (const overrides of [{}, { callerLimit }]) {
      const without = synthesize(overrides);
      without.resourceCountIs('AWS::WAFv2::WebACL', 0);
      without.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
    }
  });
});

describe('the web ACL for it', () => {
  test('counts each session by its token, and everything else by its address', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      Rules: [
        {
          Priority: 0,
          Statement: {
            RateBasedStatement: {
              AggregateKeyType: 'CUSTOM_KEYS',
              CustomKeys: [{ Header: { Name: 'x-amz-security-token' } }],
              EvaluationWindowSec: 60,
              // 20 a second for a minute, and the burst.
              Limit: 1240,
            },
          },
        },
        {
          Priority: 1,
          Statement: {
            RateBasedStatement: {
              AggregateKeyType: 'IP',
              EvaluationWindowSec: 60,
              Limit: 1240,
              ScopeDownStatement: {
                NotStatement: {
                  Statement: {
                    SizeConstraintStatement: {
                      FieldToMatch: { SingleHeader: { Name: 'x-amz-security-token' } },
                      ComparisonOperator: 'GT',
                      Size: 0,
                    },
                  },
                },
              },
            },
          },
        },
      ],
    });
  });

  test('answers as the contract says: 429, retry-after, no-store, an OAuth error', () => {
    const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    const { CustomResponseBodies, Rules } = acl?.['Properties'] ?? {};
    for (const { Action } of Rules) {
      const { ResponseCode, CustomResponseBodyKey, ResponseHeaders } = Action.Block.CustomResponse;
      const body = CustomResponseBodies[CustomResponseBodyKey];
      expect([ResponseCode, body.ContentType]).toEqual([429, 'APPLICATION_JSON']);
      expect(JSON.parse(body.Content)).toEqual({
        error: 'temporarily_unavailable',
        error_description: expect.any(String),
      });
      expect(ResponseHeaders).toEqual([
        { Name: 'cache-control', Value: 'no-store' },
        { Name: 'pragma', Value: 'no-cache' },
        { Name: 'retry-after', Value: '30' },
      ]);
    }
  });

  test('keeps no samples of requests, whose headers hold session tokens', () => {
    const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    const configs = [acl?.['Properties'], ...(acl?.['Properties'].Rules ?? [])].map((part) => part.VisibilityConfig);
    expect(configs.map(({ SampledRequestsEnabled }) => SampledRequestsEnabled)).toEqual([false, false, false]);
  });

  test('is associated with the stage', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      WebACLArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ApiCallerWebAcl'), 'Arn'] },
    });
  });

  test('has a limit that AWS WAF takes, however low the caller’s is', () => {
    const low = synthesize({ callerLimit: { requestsPerSecond: 1, burst: 1, webAcl: 'create' } });
    expect(JSON.stringify(low.findResources('AWS::WAFv2::WebACL'))).toContain('"Limit":61');
  });
});
