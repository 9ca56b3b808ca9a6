import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination, PayloadFormatVersion } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';
import { accessLogFormat } from './access-log.ts';
import { type ApiMetric, stageName, VendingApi, type VendingApiProps } from './vending-api.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
const metricNames = {
  requests: 'Count',
  clientErrors: '4xx',
  serverErrors: '5xx',
  latency: 'Latency',
} as const satisfies Record<ApiMetric, string>;

/** An HTTP API: cheaper, for callers of the stack's own account. */
export class HttpVendingApi extends VendingApi {
  override readonly apiId: string;
  protected override readonly metrics;

  constructor(scope: Construct, id: string, { environment, handler, accessLog }: VendingApiProps) {
    super(scope, id, { environment });
    const api = new HttpApi(this, 'HttpApi', {
      apiName: `token-vending-${environment.name}`,
      description: `Vends OAuth 2.0 access tokens (${environment.name})`,
      ...(environment.domain?.isOnlyAddress === true ? { disableExecuteApiEndpoint: true } : {}),
      createDefaultStage: false,
    });
    this.apiId = api.apiId;
    this.metrics = { names: metricNames, dimensions: { ApiId: api.apiId } };
    const integration = new HttpLambdaIntegration('Vend', handler, {
      // Nearly a REST API's event: the function reads one format (decision record on HTTP APIs).
      payloadFormatVersion: PayloadFormatVersion.VERSION_1_0,
    });
    const authorizer = new HttpIamAuthorizer();
    // Any method: the function answers a wrong one, with 405 and `allow`.
    for (const path of ['/tokens/{provider}', '/health']) api.addRoutes({ path, integration, authorizer });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName,
      autoDeploy: true,
      throttle: { rateLimit: environment.throttling.requestsPerSecond, burstLimit: environment.throttling.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(accessLogFormat('$context.routeKey')),
      },
    });
  }
}
