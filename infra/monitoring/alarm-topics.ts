import { Stack } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { AlarmTarget, EnvironmentSettings } from '../settings/environment.ts';

/** `page`: somebody has to act now, callers fail. `ticket`: somebody has to act on the next working day. */
export type Severity = 'page' | 'ticket';

export interface AlarmTopicsProps {
  readonly environmentName: string;
  readonly alarms: EnvironmentSettings['alarms'];
  /** Encrypts the messages. */
  readonly key: IKey;
}

/** Where alarms go, by severity: a topic that the settings name, or one created for their address or chat channel. */
export class AlarmTopics extends Construct {
  /** No topic where nobody is to be told. */
  readonly bySeverity: ReadonlyMap<Severity, ITopic>;
  private readonly props: AlarmTopicsProps;

  constructor(scope: Construct, id: string, props: AlarmTopicsProps) {
    super(scope, id);
    this.props = props;
    const { page, ticket } = props.alarms === undefined || props.alarms === 'none' ? {} : props.alarms;
    const topics = new Map<Severity, ITopic>();
    if (page !== undefined) topics.set('page', this.topicFor('page', page));
    if (ticket !== undefined) topics.set('ticket', this.topicFor('ticket', ticket));
    // One target takes both: an alarm that nobody sees is worse than one in the wrong place.
    const [only] = topics.values();
    if (only !== undefined && topics.size === 1)
      for (const severity of ['page', 'ticket'] as const) topics.set(severity, only);
    this.bySeverity = topics;
  }

  private topicFor(severity: Severity, { email, topicArn, slack }: AlarmTarget): ITopic {
    if (topicArn !== undefined) return Topic.fromTopicArn(this, severity, topicArn);
    const topic = this.createTopic(severity);
    if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
    if (slack !== undefined) {
      new SlackChannelConfiguration(this, `${severity}-slack`, {
        slackChannelConfigurationName: `token-vending-${this.props.environmentName}-${severity}`,
        slackWorkspaceId: slack.workspaceId,
        slackChannelId: slack.channelId,
        notificationTopics: [topic],
        // What anyone in the channel may have AWS do. Without it, everything.
        guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('CloudWatchReadOnlyAccess')],
      });
    }
    return topic;
  }

  private createTopic(severity: Severity): Topic {
    const { key } = this.props;
    const topic = new Topic(this, severity, { masterKey: key, enforceSSL: true });
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    key.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PublishAlarms',
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return topic;
  }
}
