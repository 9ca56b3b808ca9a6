import { Validations } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { EventLog } from '../monitoring/event-log.ts';

export interface SafeDeploymentProps {
  readonly alias: Alias;
  /** Any of them rolls back the deployment. */
  readonly alarms: readonly IAlarm[];
  /** Where a deployment that fails is recorded. */
  readonly events: EventLog;
}

/** Gives a new version a tenth of the traffic for five minutes, then all of it. An alarm rolls it back. */
export class SafeDeployment extends Construct {
  constructor(scope: Construct, id: string, { alias, alarms, events }: SafeDeploymentProps) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application');
    const group = new LambdaDeploymentGroup(this, 'Group', {
      application,
      alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [...alarms],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    // https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
    events.record('DeploymentFailed', {
      description: 'A release that was rolled back',
      eventPattern: {
        source: ['aws.codedeploy'],
        'detail-type': ['CodeDeploy Deployment State-change Notification'],
        detail: { application: [application.applicationName], state: ['FAILURE', 'STOP'] },
      },
    });
    Validations.of(group).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason: "CodeDeploy's own policy for Lambda deployments, the narrower of the two that AWS keeps for it.",
    });
  }
}
