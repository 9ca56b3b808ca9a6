import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
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
export const stageName = 'v1';

/** What API Gateway measures of each request, in our words. */
export type ApiMetric = 'requests' | 'clientErrors' | 'serverErrors' | 'latency';

/**
 * The HTTP endpoint. Each request must be signed (SigV4) by an identity that IAM allows to call exactly that path. A REST API and
 * an HTTP API differ in their price and in what else they can do.
 */
export abstract class VendingApi extends Construct {
  /** Part of the endpoint and of the ARNs. */
  abstract readonly apiId: string;
  /** CloudWatch's names of the metrics and the dimensions that select this API. */
  protected abstract readonly metrics: {
    readonly names: Readonly<Record<ApiMetric, string>>;
    readonly dimensions: Readonly<Record<string, string>>;
  };
  private readonly providers: ReadonlySet<string>;
  private readonly domainName: string | undefined;

  constructor(scope: Construct, id: string, { environment }: Pick<VendingApiProps, 'environment'>) {
    super(scope, id);
    this.providers = new Set(environment.providers.keys());
    this.domainName = environment.domain?.name;
  }

  /** @param statistic such as `Sum` of requests and errors, `p99` of the latency in milliseconds */
  metric(metric: ApiMetric, statistic: string, period: Duration): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName: this.metrics.names[metric],
      dimensionsMap: { ...this.metrics.dimensions, Stage: stageName },
      statistic,
      period,
      region: Stack.of(this).region,
    });
  }

  /** `https://{api}.execute-api.{region}.amazonaws.com/v1` or at the custom domain, without a slash at the end. */
  get endpoint(): string {
    return this.domainName === undefined ? this.endpointAt(this.apiId) : `https://${this.domainName}/${stageName}`;
  }

  /** The endpoint at a VPC endpoint's own name, which works inside the VPC without private DNS. */
  endpointVia(vpcEndpointId: string): string {
    return this.endpointAt(`${this.apiId}-${vpcEndpointId}`);
  }

  private endpointAt(host: string): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${host}.execute-api.${region}.${urlSuffix}/${stageName}`;
  }

  /** Lets an identity vend tokens of one provider, and nothing else. */
  grantVend(grantee: IGrantable, provider: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [this.vendArn(provider)],
    });
  }

  /**
   * The resource of `execute-api:Invoke` for one provider: `arn:…:{api}/v1/POST/tokens/{provider}`.
   *
   * @throws Error if the environment has no such provider
   */
  vendArn(provider: string): string {
    if (!this.providers.has(provider)) {
      throw new Error(`There is no provider ${provider}; there are ${[...this.providers].join(', ')}`);
    }
    return this.invokeArn('POST', `/tokens/${provider}`);
  }

  /** The resource of `execute-api:Invoke` for `GET /health`. */
  get healthArn(): string {
    return this.invokeArn('GET', '/health');
  }

  private invokeArn(method: string, path: string): string {
    const resourceName = `${stageName}/${method}${path}`;
    return Stack.of(this).formatArn({ service: 'execute-api', resource: this.apiId, resourceName });
  }
}
