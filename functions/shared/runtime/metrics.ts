/** Where all metrics of this project are. */
export const metricNamespace = 'TokenVending';

/** The metrics' names; alarms and the dashboard are made of these. */
export const metricNames = {
  /** 0 or 1 per exchange: the sum counts those that failed, the number of samples all of them. */
  exchangeFailed: 'ExchangeFailed',
  exchangeMilliseconds: 'ExchangeMilliseconds',
  credentialsFallback: 'CredentialsFallback',
  credentialAgeDays: 'CredentialAgeDays',
  secretWithdrawn: 'SecretWithdrawn',
  callerLimited: 'CallerLimited',
  tokenStoreFailed: 'TokenStoreFailed',
  rotationStepFailed: 'RotationStepFailed',
  rotationSucceeded: 'RotationSucceeded',
  probeFailed: 'ProbeFailed',
  probeRefusalMissing: 'ProbeRefusalMissing',
} as const;

export type MetricName = (typeof metricNames)[keyof typeof metricNames];

type MetricUnit = 'Count' | 'Milliseconds' | 'None';

/** Of the metrics that are no counts. */
const units: Partial<Record<MetricName, MetricUnit>> = {
  [metricNames.credentialAgeDays]: 'None',
  [metricNames.exchangeMilliseconds]: 'Milliseconds',
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export interface MetricMetadata {
  readonly Timestamp: number;
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string; readonly Unit: MetricUnit }[];
  }[];
}

export interface MetricFields {
  readonly function: string;
  readonly _aws: MetricMetadata;
}

/**
 * The fields that turn a log line into values of metrics too, by function and by function and `dimensions`. Sends
 * nothing: CloudWatch finds them in the log.
 */
export type CreateMetricFields = (
  values: Readonly<Partial<Record<MetricName, number>>>,
  dimensions?: Readonly<Record<string, string>>,
) => MetricFields;

export function createMetricFields(functionName: string, now: () => number): CreateMetricFields {
  return function metricFields(values, dimensions = {}) {
    const finer = Object.keys(dimensions);
    const names = Object.keys(values) as MetricName[];
    const metadata: MetricMetadata = {
      Timestamp: Math.floor(now()),
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          // The first set is what one alarm a function watches.
          Dimensions: finer.length === 0 ? [['function']] : [['function'], ['function', ...finer]],
          Metrics: names.map((name) => ({ Name: name, Unit: units[name] ?? 'Count' })),
        },
      ],
    };
    return { function: functionName, ...dimensions, ...values, _aws: metadata };
  };
}
