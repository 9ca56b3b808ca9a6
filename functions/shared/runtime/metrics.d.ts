/** Where all metrics of this project are. */
export declare const metricNamespace = "TokenVending";
/** The metrics' names; alarms and the dashboard are made of these. */
export declare const metricNames: {
    /** 0 or 1 per exchange: the sum counts those that failed, the number of samples all of them. */
    readonly exchangeFailed: 'ExchangeFailed';
    readonly exchangeMilliseconds: 'ExchangeMilliseconds';
    readonly credentialsFallback: 'CredentialsFallback';
    readonly credentialAgeDays: 'CredentialAgeDays';
    readonly secretWithdrawn: 'SecretWithdrawn';
    readonly tokenStoreFailed: 'TokenStoreFailed';
    readonly rotationStepFailed: 'RotationStepFailed';
    readonly rotationSucceeded: 'RotationSucceeded';
    readonly probeFailed: 'ProbeFailed';
    readonly probeRefusalMissing: 'ProbeRefusalMissing';
};
export type MetricName = (typeof metricNames)[keyof typeof metricNames];
type MetricUnit = 'Count' | 'Milliseconds' | 'None';
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export interface MetricMetadata {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
        readonly Namespace: string;
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly {
            readonly Name: string;
            readonly Unit: MetricUnit;
        }[];
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
export type CreateMetricFields = (values: Readonly<Partial<Record<MetricName, number>>>, dimensions?: Readonly<Record<string, string>>) => MetricFields;
export declare function createMetricFields(functionName: string, now: () => number): CreateMetricFields;
export {};
