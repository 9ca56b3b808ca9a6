import type { Duration } from 'aws-cdk-lib';
import { type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { VendingApi, type VendingApiProps } from './vending-api.ts';
/** An HTTP API: cheaper, for callers of the stack's own account. */
export declare class HttpVendingApi extends VendingApi {
    protected readonly apiId: string;
    protected readonly metrics: {
        names: {
            readonly requests: 'Count';
            readonly clientErrors: '4xx';
            readonly serverErrors: '5xx';
            readonly latency: 'Latency';
        };
        dimensions: {
            ApiId: string;
        };
    };
    constructor(scope: Construct, id: string, { environment, handler, accessLog }: VendingApiProps);
    metricErrorShare(period: Duration): IMetric;
}
