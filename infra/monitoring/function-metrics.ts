import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type MetricName, metricNamespace } from '../../functions/shared/runtime/metrics.ts';

/** A metric that a function embeds in its log lines (`functions/shared/runtime/metrics.ts`). */
export type FunctionMetric = (
  name: MetricName,
  statistic: string,
  period: Duration,
  dimensions?: Readonly<Record<string, string>>,
) => Metric;

export function createFunctionMetric(scope: Construct, functionName: string): FunctionMetric {
  const { region } = Stack.of(scope);
  return (metricName, statistic, period, dimensions = {}) => {
    const dimensionsMap = { function: functionName, ...dimensions };
    return new Metric({ namespace: metricNamespace, metricName, dimensionsMap, statistic, period, region });
  };
}
