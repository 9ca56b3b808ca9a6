import { type Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { VendingApi, type VendingApiProps } from './vending-api.ts';
/** A REST API, which can also be private, admit other accounts, and have a web ACL, traces and error bodies of ours. */
export declare class RestVendingApi extends VendingApi {
    protected readonly apiId: string;
    protected readonly metrics: {
        names: {
            readonly requests: 'Count';
            readonly clientErrors: '4XXError';
            readonly serverErrors: '5XXError';
            readonly latency: 'Latency';
        };
        dimensions: {
            ApiName: string;
        };
    };
    private readonly restApi;
    constructor(scope: Construct, id: string, { environment, handler, accessLog }: VendingApiProps);
    metricErrorShare(period: Duration): IMetric;
    private addMethods;
    private addGatewayAnswers;
    private associateWebAcl;
    private explainMissingWebAcl;
    private explainFindings;
}
