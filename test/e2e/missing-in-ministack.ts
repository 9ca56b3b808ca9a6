import { CfnResource, type Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnAlias } from 'aws-cdk-lib/aws-lambda';

/** Every resource type of the stack that MiniStack 1.5.33 cannot create. The `emulator` environment does without them. */
export const missingInMiniStack: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Logs::QueryDefinition',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SecretsManager::RotationSchedule',
]);

/** Removes the resources of these types from a built stack, and what refers to them. */
export function leaveOutMissing(stack: Stack): void {
  for (const construct of stack.node.findAll()) {
    if (!CfnResource.isCfnResource(construct)) continue;
    const isMissing = missingInMiniStack.has(construct.cfnResourceType) || isMetricMath(construct);
    if (isMissing) construct.node.scope?.node.tryRemoveChild(construct.node.id);
    // The dashboard shows alarms that are left out.
    if (construct instanceof CfnDashboard) construct.node.scope?.node.tryRemoveChild(construct.node.id);
    // A rule on the deployments of what is left out.
    if (construct.node.id === 'DeploymentFailed') construct.node.scope?.node.tryRemoveChild(construct.node.id);
    // The update policy of an alias that CodeDeploy shifts refers to its application.
    if (construct instanceof CfnAlias) delete construct.cfnOptions.updatePolicy;
  }
}

/** MiniStack creates alarms on one metric only. */
function isMetricMath(construct: CfnResource): boolean {
  return construct instanceof CfnAlarm && construct.metrics !== undefined;
}
