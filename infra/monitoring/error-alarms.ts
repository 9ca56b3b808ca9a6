import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { VendingApi } from '../api/vending-api.ts';

export interface ErrorAlarmsProps {
  readonly alias: Alias;
  readonly api: VendingApi;
  /** Notified of alarms, if given. */
  readonly topic: ITopic | undefined;
}

/** The two alarms that also roll back a deployment. */
export class ErrorAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { alias, api, topic }: ErrorAlarmsProps) {
    super(scope, id);
    const period = Duration.minutes(1);
    const common = {
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    };
    const functionErrors = new Alarm(this, 'FunctionErrors', {
      ...common,
      alarmDescription:
        'The vending function crashed or ran out of time. A vend that fails is answered and is no error.',
      metric: alias.metricErrors({ period }),
      threshold: 0,
      evaluationPeriods: 1,
    });
    const apiErrors = new Alarm(this, 'ApiErrors', {
      ...common,
      alarmDescription: 'More than 5 % of the requests were answered with a 5xx status for two minutes.',
      metric: api.metricErrorShare(period),
      threshold: 0.05,
      evaluationPeriods: 2,
    });
    this.all = [functionErrors, apiErrors];
    if (topic !== undefined) for (const alarm of this.all) alarm.addAlarmAction(new SnsAction(topic));
  }
}
