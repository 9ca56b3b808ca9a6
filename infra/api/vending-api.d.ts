import { type Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
export interface VendingApiProps {
    readonly environment: ParsedEnvironment;
    /** Answers every request, wrong methods included. */
    readonly handler: IFunction;
    readonly accessLog: ILogGroup;
}
/** Part of every caller's policy and of the endpoint's URL. */
export declare const stageName = "v1";
/** What API Gateway measures of each request, in our words. */
export type ApiMetric = 'requests' | 'clientErrors' | 'serverErrors' | 'latency';
/**
 * The HTTP endpoint. Each request must be signed (SigV4) by an identity that IAM allows to call exactly that path. A REST API and
 * an HTTP API differ in their price and in what else they can do.
 */
export declare abstract class VendingApi extends Construct {
    /** Part of the endpoint and of the ARNs. */
    protected abstract readonly apiId: string;
    /** CloudWatch's names of the metrics and the dimensions that select this API. */
    protected abstract readonly metrics: {
        readonly names: Readonly<Record<ApiMetric, string>>;
        readonly dimensions: Readonly<Record<string, string>>;
    };
    private readonly providers;
    constructor(scope: Construct, id: string, { environment }: Pick<VendingApiProps, 'environment'>);
    /** The share of requests that were answered with a 5xx status, 0 to 1. */
    abstract metricErrorShare(period: Duration): IMetric;
    /** @param statistic such as `Sum` of requests and errors, `p99` of the latency in milliseconds */
    metric(metric: ApiMetric, statistic: string, period: Duration): Metric;
    /** `https://{api}.execute-api.{region}.amazonaws.com/v1`, without a slash at the end. */
    get endpoint(): string;
    /** The endpoint at a VPC endpoint's own name, which works inside the VPC without private DNS. */
    endpointVia(vpcEndpointId: string): string;
    private endpointAt;
    /** Lets an identity vend tokens of one provider, and nothing else. */
    grantVend(grantee: IGrantable, provider: string): Grant;
    /**
     * The resource of `execute-api:Invoke` for one provider: `arn:…:{api}/v1/POST/tokens/{provider}`.
     *
     * @throws Error if the environment has no such provider
     */
    vendArn(provider: string): string;
    /** The resource of `execute-api:Invoke` for `GET /health`. */
    get healthArn(): string;
    private invokeArn;
}
