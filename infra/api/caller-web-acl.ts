import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { callerOverLimitAnswer, requestsPerWindow, sessionHeader, windowSeconds } from './web-acl-limits.ts';

export interface CallerWebAclProps {
  readonly environmentName: string;
  readonly callerLimit: NonNullable<ParsedEnvironment['callerLimit']>;
}

const bodyKey = 'caller-over-limit';

/**
 * Refuses callers far over their limit before API Gateway counts their requests against `throttling`. A session of a role is told
 * by its session token: only who holds the credentials knows it, so nobody can use up another's limit. Requests without one, of
 * IAM users or not signed, are told by their address.
 */
export class CallerWebAcl extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { environmentName, callerLimit }: CallerWebAclProps) {
    super(scope, id);
    const limit = requestsPerWindow(callerLimit);
    const name = `token-vending-${environmentName}`;
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      description: `Limits each caller of the token vending API - ${environmentName}`,
      defaultAction: { allow: {} },
      visibilityConfig: visibility(name),
      customResponseBodies: {
        [bodyKey]: { contentType: 'APPLICATION_JSON', content: callerOverLimitAnswer.body },
      },
      rules: [
        rule(0, `${name}-session`, {
          limit,
          evaluationWindowSec: windowSeconds,
          aggregateKeyType: 'CUSTOM_KEYS',
          // Requests without the header are not counted.
          customKeys: [{ header: { name: sessionHeader, textTransformations: [{ priority: 0, type: 'NONE' }] } }],
        }),
        rule(1, `${name}-address`, {
          limit,
          evaluationWindowSec: windowSeconds,
          aggregateKeyType: 'IP',
          scopeDownStatement: { notStatement: { statement: hasSessionToken } },
        }),
      ],
    });
    this.arn = acl.attrArn;
  }
}

const hasSessionToken: CfnWebACL.StatementProperty = {
  sizeConstraintStatement: {
    // CloudFormation's own spelling: CDK has no type for this part.
    fieldToMatch: { singleHeader: { Name: sessionHeader } },
    comparisonOperator: 'GT',
    size: 0,
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
};

function rule(
  priority: number,
  name: string,
  rateBasedStatement: CfnWebACL.RateBasedStatementProperty,
): CfnWebACL.RuleProperty {
  const { status, headers } = callerOverLimitAnswer;
  const responseHeaders = Object.entries(headers).map(([header, value]) => ({ name: header, value }));
  return {
    name,
    priority,
    statement: { rateBasedStatement },
    action: {
      block: { customResponse: { responseCode: status, customResponseBodyKey: bodyKey, responseHeaders } },
    },
    visibilityConfig: visibility(name),
  };
}

/** Without sampled requests, whose headers would hold callers' session tokens. */
function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
