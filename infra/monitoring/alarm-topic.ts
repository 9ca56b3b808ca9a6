import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { EnvironmentSettings } from '../settings/environment.ts';

/** Where alarms go: the topic that the settings name, one created for their address, or none. */
export function alarmTopic(
  scope: Construct,
  id: string,
  { alarms, key }: { readonly alarms: EnvironmentSettings['alarms']; readonly key: IKey },
): ITopic | undefined {
  if (alarms.topicArn !== undefined) return Topic.fromTopicArn(scope, id, alarms.topicArn);
  if (alarms.email === undefined) return undefined;
  const topic = new Topic(scope, id, { masterKey: key, enforceSSL: true });
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
  key.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'PublishAlarms',
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  topic.addSubscription(new EmailSubscription(alarms.email));
  return topic;
}
