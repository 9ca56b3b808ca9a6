import { Duration } from 'aws-cdk-lib';
import { MathExpression, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNames } from '../../functions/shared/runtime/metrics.ts';
import type { Alarms } from './alarms.ts';
import type { FunctionMetric } from './function-metrics.ts';
import type { LogMetrics } from './log-metrics.ts';

export interface ProviderAlarmsProps {
  readonly environmentName: string;
  readonly providers: Iterable<string>;
  readonly vendMetric: FunctionMetric;
  readonly logMetrics: LogMetrics;
}

/** The alarms on providers: each has one that pages; what needs no name of a provider is one for all of them. */
export function addProviderAlarms(alarms: Alarms, props: ProviderAlarmsProps): void {
  const { environmentName, providers, vendMetric, logMetrics } = props;
  const exchangeLines = `aws logs tail /token-vending/${environmentName}/vend --since 30m --filter-pattern`;
  const quarter = Duration.minutes(15);
  for (const provider of providers) {
    alarms.addAlarm('page', `provider-down-${provider}`, {
      entry: 'page-provider-down',
      meaning: `Nothing of ${provider} works: for 15 minutes no exchange has succeeded, and vends fail. Instances that hold a token serve until it expires.`,
      firstCommand: `${exchangeLines} '{ $.message = "exchange" && $.provider = "${provider}" }'`,
      metric: nothingWorks(
        logMetrics.metric('ProviderVendsFailed', 'Sum', quarter, { provider }),
        vendMetric(metricNames.exchangeFailed, 'Minimum', quarter, { provider }),
      ),
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
  alarms.addAlarm('ticket', 'exchanges-failing', {
    meaning:
      'Exchanges keep failing. Callers are served from memory as long as the tokens held are valid, an hour at most.',
    firstCommand: `${exchangeLines} '{ $.message = "exchange" && $.outcome != "token" }'`,
    metric: vendMetric(metricNames.exchangeFailed, 'Sum', Duration.minutes(5)),
    threshold: 0,
    evaluationPeriods: 3,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarms.addAlarm('ticket', 'provider-slow', {
    meaning: 'A provider is slow: of the exchanges of the last half hour a tenth took more than 5 s.',
    firstCommand: `${exchangeLines} '{ $.message = "exchange" && $.milliseconds > 5000 }'`,
    metric: vendMetric(metricNames.exchangeMilliseconds, 'p90', quarter),
    threshold: 5000,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

/** @param leastFailed of the 0s and 1s of all exchanges: 0 if one succeeded. No exchange at all is no success. */
function nothingWorks(vendsFailed: Metric, leastFailed: Metric): MathExpression {
  return new MathExpression({
    expression: 'IF(FILL(vendsFailed, 0) >= 3 AND FILL(leastFailed, 1) == 1, 1, 0)',
    usingMetrics: { vendsFailed, leastFailed },
    period: Duration.minutes(15),
    label: 'down',
  });
}
