import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type MetricName, metricNames, metricNamespace } from '../../functions/shared/runtime/metrics.ts';

export interface CredentialAlarmsProps {
  /** The vending function's name, a dimension of its metrics. */
  readonly vendFunctionName: string;
  /** Undefined where there is no secret to rotate. */
  readonly rotate: LambdaFunction | undefined;
  readonly maxAgeDays: number;
  /** Notified of alarms, if given. */
  readonly topic: ITopic | undefined;
}

const greater = ComparisonOperator.GREATER_THAN_THRESHOLD;
const runbook = 'See docs/runbook.md.';

/** Alarms on faults that callers do not notice, because they are served anyway. */
export class CredentialAlarms extends Construct {
  constructor(scope: Construct, id: string, { vendFunctionName, rotate, maxAgeDays, topic }: CredentialAlarmsProps) {
    super(scope, id);
    const vendMetric = (metricName: MetricName, statistic: string, period: Duration): Metric =>
      new Metric({
        namespace: metricNamespace,
        metricName,
        dimensionsMap: { function: vendFunctionName },
        statistic,
        period,
        region: Stack.of(this).region,
      });
    const alarms = [
      new Alarm(this, 'CredentialsFallback', {
        alarmDescription: `A provider refuses AWSCURRENT, and another version of the secret serves. ${runbook}`,
        metric: vendMetric(metricNames.credentialsFallback, 'Sum', Duration.minutes(5)),
        comparisonOperator: greater,
        threshold: 0,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
      new Alarm(this, 'SecretWithdrawn', {
        alarmDescription: `A secret is deleted, forbidden or its key unusable; what instances remember serves for 15 minutes. ${runbook}`,
        metric: vendMetric(metricNames.secretWithdrawn, 'Sum', Duration.minutes(1)),
        comparisonOperator: greater,
        threshold: 0,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
      new Alarm(this, 'CredentialAge', {
        alarmDescription: `Client credentials are older than ${maxAgeDays} days. ${runbook}`,
        metric: vendMetric(metricNames.credentialAgeDays, 'Maximum', Duration.hours(1)),
        comparisonOperator: greater,
        threshold: maxAgeDays,
        evaluationPeriods: 1,
        // An age is recorded when a secret is read. An hour without a read makes no credentials younger.
        treatMissingData: TreatMissingData.IGNORE,
      }),
    ];
    if (rotate !== undefined) alarms.push(this.rotationFailed(rotate));
    if (topic !== undefined) for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));
  }

  private rotationFailed(rotate: LambdaFunction): Alarm {
    return new Alarm(this, 'RotationFailed', {
      alarmDescription: `A rotation failed; the secret is as it was. ${runbook}`,
      // A step that fails throws, so this counts crashes and timeouts as well.
      metric: rotate.metricErrors({ period: Duration.minutes(1) }),
      comparisonOperator: greater,
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
