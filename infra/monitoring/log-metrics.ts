import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface LogMetricsProps {
  readonly environmentName: string;
  /** The vending function's log. */
  readonly vend: ILogGroup;
  /** The API's access log, which has every request at every log level. */
  readonly access: ILogGroup;
  /** What AWS reports: `SecretWatch`. */
  readonly events: ILogGroup;
}

interface LogMetric {
  readonly log: 'vend' | 'access' | 'events';
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
  readonly patterns: readonly { readonly pattern: string; readonly value: string }[];
  /** Name of the dimension → field of the line. Only fields that callers cannot make up: each value is a metric that costs. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

const isVend = '$.resource = "*/tokens/{provider}"';
const hasNoToken = '$.message = "vend" && $.status >= 500';
const count = (log: LogMetric['log'], pattern: string, dimensions?: LogMetric['dimensions']): LogMetric => ({
  log,
  patterns: [{ pattern: `{ ${pattern} }`, value: '1' }],
  ...(dimensions && { dimensions }),
});

/**
 * The metrics that CloudWatch counts in log lines that are written anyway, at every log level. Unlike metrics embedded in the
 * lines they add nothing to what a vend writes. Those in `functions/shared/runtime/metrics.ts` are embedded: their lines are rare.
 */
export const logMetrics = {
  /** 0 or 1 per vend that is the service's to answer: the sum counts the 5xx, the number of samples all of them. */
  VendFailed: {
    log: 'access',
    patterns: [
      { pattern: `{ ${isVend} && $.status = "200" }`, value: '0' },
      { pattern: `{ ${isVend} && $.status = "5*" }`, value: '1' },
    ],
  },
  /** The path of an answer with a token ends with the name of a provider that exists. */
  Vends: count('access', `${isVend} && $.status = "200"`, { path: '$.path' }),
  Throttled: count('access', '$.status = "429"'),
  VendErrors: count('vend', `$.message = "vend" && ($.status >= 500 || $.error = "invalid_scope")`, {
    provider: '$.provider',
    error: '$.error',
  }),
  ProviderVendsFailed: count('vend', hasNoToken, { provider: '$.provider' }),
  StaleAnswers: count('vend', '$.message = "vend" && $.source = "memory-stale"', { provider: '$.provider' }),
  /** What a release can break: the code, and what the functions may do. */
  OwnFaults: count(
    'vend',
    '$.message = "vend" && ($.reason = "unexpected" || $.reason = "secret_access_denied" || $.reason = "secret_kms_access_denied")',
  ),
  SecretTouched: count('events', '$.source = "aws.secretsmanager" || $.source = "aws.kms"'),
  CanaryRolledBack: count('events', '$.source = "aws.codedeploy"'),
} as const satisfies Readonly<Record<string, LogMetric>>;

export type LogMetricName = keyof typeof logMetrics;

/** By name of the environment, because a filter's dimensions can only come from the line. */
export function logMetricNamespace(environmentName: string): string {
  return `TokenVending/${environmentName}`;
}

export class LogMetrics extends Construct {
  private readonly namespace: string;

  constructor(scope: Construct, id: string, props: LogMetricsProps) {
    super(scope, id);
    this.namespace = logMetricNamespace(props.environmentName);
    for (const [metricName, { log, patterns, dimensions }] of Object.entries<LogMetric>(logMetrics)) {
      for (const { pattern, value } of patterns) {
        const id = patterns.length === 1 ? metricName : `${metricName}${value}`;
        new MetricFilter(this, id, {
          logGroup: props[log],
          metricNamespace: this.namespace,
          metricName,
          metricValue: value,
          filterPattern: FilterPattern.literal(pattern),
          ...(dimensions && { dimensions: { ...dimensions } }),
        });
      }
    }
  }

  metric(name: LogMetricName, statistic: string, period: Duration, dimensionsMap: Record<string, string> = {}): Metric {
    const { region } = Stack.of(this);
    return new Metric({ namespace: this.namespace, metricName: name, statistic, period, dimensionsMap, region });
  }
}
