import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup, ILogSubscriptionDestination } from 'aws-cdk-lib/aws-logs';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { FirehoseDestination, KinesisDestination, LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Construct } from 'constructs';
import type { LogSubscriptionSettings } from '../settings/landing-zone.ts';

/**
 * Sends the lines of log groups to a place that another team owns. A stream is written with a role of this stack, a function gets
 * a permission for each log group, and a CloudWatch Logs destination says itself whom it admits.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export class LogSubscription extends Construct {
  private readonly destination: ILogSubscriptionDestination;
  private readonly filterPattern: string;

  constructor(scope: Construct, id: string, settings: NonNullable<LogSubscriptionSettings>) {
    super(scope, id);
    this.destination = this.destinationOf(settings.destinationArn);
    this.filterPattern = settings.filterPattern;
  }

  add(logGroup: ILogGroup): void {
    logGroup.addSubscriptionFilter('Subscription', {
      destination: this.destination,
      filterPattern: FilterPattern.literal(this.filterPattern),
    });
  }

  private destinationOf(arn: string): ILogSubscriptionDestination {
    switch (arn.split(':')[2]) {
      case 'kinesis':
        return new KinesisDestination(Stream.fromStreamArn(this, 'Stream', arn), { role: this.createRole() });
      case 'firehose': {
        const stream = DeliveryStream.fromDeliveryStreamAttributes(this, 'Stream', { deliveryStreamArn: arn });
        return new FirehoseDestination(stream, { role: this.createRole() });
      }
      case 'lambda': {
        const attributes = { functionArn: arn, sameEnvironment: true };
        return new LambdaDestination(LambdaFunction.fromFunctionAttributes(this, 'Function', attributes));
      }
      default:
        return { bind: () => ({ arn }) };
    }
  }

  /** One for all log groups. */
  private createRole(): IRole {
    return new Role(this, 'Role', {
      description: 'CloudWatch Logs sends the lines of token vending on with it',
      assumedBy: new ServicePrincipal('logs.amazonaws.com'),
    });
  }
}
