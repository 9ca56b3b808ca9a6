import { Duration } from 'aws-cdk-lib';
import { type Alarm, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { metricNames } from '../../functions/shared/runtime/metrics.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { Alarms } from './alarms.ts';
import type { FunctionMetric } from './function-metrics.ts';
import type { LogMetrics } from './log-metrics.ts';

/**
 * The alarms on the function itself.
 *
 * @returns those that roll back a release: what it can have broken. A provider's outage is not among it.
 */
export function addFunctionAlarms(
  alarms: Alarms,
  metrics: LogMetrics,
  alias: Alias,
  vendMetric: FunctionMetric,
  { name, deployment, callerLimit }: ParsedEnvironment,
): readonly Alarm[] {
  const logGroup = `/token-vending/${name}/vend`;
  const once = { threshold: 0, evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING };
  const minute = Duration.minutes(1);
  const gate = [
    alarms.addAlarm('ticket', 'function-crashes', {
      ...once,
      meaning:
        'The vending function crashed, could not start, or ran out of time. A vend that fails is answered and is none of these. During a deployment it rolls the release back.',
      firstCommand: `aws logs tail ${logGroup} --since 15m --filter-pattern '?"Task timed out" ?"Runtime." ?"\\"ERROR\\""'`,
      metric: alias.metricErrors({ period: minute }),
    }),
    alarms.addAlarm('ticket', 'own-fault', {
      ...once,
      meaning:
        'Vends were answered with 500 because of our own code or permissions. During a deployment it rolls the release back.',
      firstCommand: `aws logs tail ${logGroup} --since 15m --filter-pattern '{ $.reason = "unexpected" || $.reason = "secret_*access_denied" }'`,
      metric: metrics.metric('OwnFaults', 'Sum', minute),
    }),
  ];
  alarms.addAlarm('ticket', 'throttled', {
    meaning:
      'Callers were refused with 429 ten times in 5 minutes: the API’s rate (`throttling`) or the number of instances is too low, or a caller asks too often.',
    firstCommand: `aws logs tail /token-vending/${name}/access --since 15m --filter-pattern '{ $.status = "429" }'`,
    metric: new MathExpression({
      expression: 'FILL(api, 0) + FILL(lambda, 0)',
      usingMetrics: {
        api: metrics.metric('Throttled', 'Sum', Duration.minutes(5)),
        lambda: alias.metricThrottles({ period: Duration.minutes(5), statistic: 'Sum' }),
      },
      period: Duration.minutes(5),
      label: 'refused',
    }),
    threshold: 9,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  if (callerLimit !== undefined) {
    alarms.addAlarm('ticket', 'caller-limited', {
      meaning:
        'A caller has asked more often than its own limit allows (`callerLimit`) for 15 minutes, and is refused with 429.',
      firstCommand: `aws logs tail ${logGroup} --since 15m --filter-pattern '{ $.message = "caller-limited" }'`,
      metric: vendMetric(metricNames.callerLimited, 'Sum', Duration.minutes(5)),
      threshold: 100,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
  if (deployment === 'canary') {
    alarms.addAlarm('ticket', 'canary-rolled-back', {
      ...once,
      meaning: 'A release was rolled back or could not be deployed; the version before it serves.',
      firstCommand: `aws logs tail /token-vending/${name}/events --since 1h --filter-pattern '{ $.source = "aws.codedeploy" }'`,
      metric: metrics.metric('CanaryRolledBack', 'Sum', Duration.minutes(5)),
    });
  }
  return gate;
}
