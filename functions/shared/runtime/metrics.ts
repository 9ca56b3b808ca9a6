/** Where all metrics of this project are. */
export const metricNamespace = 'TokenVending';

/** The metrics' names; alarms are made of these. */
export const metricNames = {
  credentialsFallback: 'CredentialsFallback',
  credentialAgeDays: 'CredentialAgeDays',
  secretWithdrawn: 'SecretWithdrawn',
  tokenStoreFailed: 'TokenStoreFailed',
  rotationStepFailed: 'RotationStepFailed',
  rotationSucceeded: 'RotationSucceeded',
} as const;

export type MetricName = (typeof metricNames)[keyof typeof metricNames];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export interface MetricMetadata {
  readonly Timestamp: number;
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string; readonly Unit: 'Count' | 'None' }[];
  }[];
}

export interface MetricFields {
  readonly function: string;
  readonly _aws: MetricMetadata;
}

/**
 * The fields that turn a log line into a value of a metric too, by function and by function and `dimensions`. Sends
 * nothing: CloudWatch finds them in the log.
 */
export type CreateMetricFields = (
  name: MetricName,
  value: number,
  dimensions?: Readonly<Record<string, string>>,
) => MetricFields;

export function createMetricFields(functionName: string, now: () => number): CreateMetricFields {
  return function metricFields(name, value, dimensions = {}) {
    const finer = Object.keys(dimensions);
    const metadata: MetricMetadata = {
      Timestamp: Math.floor(now()),
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          // The first set is what one alarm a function watches.
          Dimensions: finer.length === 0 ? [['function']] : [['function'], ['function', ...finer]],
          Metrics: [{ Name: name, Unit: name === metricNames.credentialAgeDays ? 'None' : 'Count' }],
        },
      ],
    };
    return { function: functionName, ...dimensions, [name]: value, _aws: metadata };
  };
}
