import { Stack } from 'aws-cdk-lib';
import { CfnRule, type CfnRuleProps } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnResourcePolicy, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface EventLogProps {
  readonly environmentName: string;
  readonly logGroup: ILogGroup;
}

/**
 * What AWS itself reports about an environment, event by event, in a log group that is kept as long as the others: metrics and
 * queries find there who did what.
 */
export class EventLog extends Construct {
  readonly logGroup: ILogGroup;
  private readonly arn: string;
  private readonly policy: CfnResourcePolicy;

  constructor(scope: Construct, id: string, { environmentName, logGroup }: EventLogProps) {
    super(scope, id);
    this.logGroup = logGroup;
    const { partition, region, account } = Stack.of(this);
    this.arn = `arn:${partition}:logs:${region}:${account}:log-group:/token-vending/${environmentName}/events`;
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
    this.policy = new CfnResourcePolicy(this, 'Policy', {
      policyName: `token-vending-${environmentName}-events`,
      policyDocument: Stack.of(this).toJsonString(
        new PolicyDocument({
          statements: [
            new PolicyStatement({
              principals: [
                new ServicePrincipal('events.amazonaws.com'),
                new ServicePrincipal('delivery.logs.amazonaws.com'),
              ],
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [`${this.arn}:*`],
            }),
          ],
        }).toJSON(),
      ),
    });
  }

  /** Writes each event that matches to the log group. */
  record(id: string, props: Omit<CfnRuleProps, 'targets'>): void {
    const rule = new CfnRule(this, id, { ...props, targets: [{ id: 'Log', arn: this.arn }] });
    rule.node.addDependency(this.logGroup, this.policy);
  }
}
