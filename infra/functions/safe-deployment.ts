import { Validations } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface SafeDeploymentProps {
  readonly alias: Alias;
  /** Any of them rolls back the deployment. */
  readonly alarms: readonly IAlarm[];
}

/** Gives a new version a tenth of the traffic for five minutes, then all of it. An alarm rolls it back. */
export class SafeDeployment extends Construct {
  constructor(scope: Construct, id: string, { alias, alarms }: SafeDeploymentProps) {
    super(scope, id);
    const group = new LambdaDeploymentGroup(this, 'Group', {
      application: new LambdaApplication(this, 'Application'),
      alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [...alarms],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    Validations.of(group).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason: "CodeDeploy's own policy for Lambda deployments, the narrower of the two that AWS keeps for it.",
    });
  }
}
