import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  LambdaIntegration,
  LogGroupLogDestination,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { accessLogFormat } from './access-log.ts';
import { apiResourcePolicy, endpointConfiguration } from './api-access.ts';
import { CallerWebAcl } from './caller-web-acl.ts';
import { type GatewayAnswerType, gatewayAnswerBody, gatewayAnswerHeaders, gatewayAnswers } from './gateway-answers.ts';
import { type ApiMetric, stageName, VendingApi, type VendingApiProps } from './vending-api.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
const metricNames = {
  requests: 'Count',
  clientErrors: '4XXError',
  serverErrors: '5XXError',
  latency: 'Latency',
} as const satisfies Record<ApiMetric, string>;

/** A REST API, which can also be private, admit other accounts, and have a web ACL, traces and error bodies of ours. */
export class RestVendingApi extends VendingApi {
  override readonly apiId: string;
  protected override readonly metrics;
  private readonly restApi: RestApi;

  constructor(scope: Construct, id: string, { environment, handler, accessLog }: VendingApiProps) {
    super(scope, id, { environment });
    this.restApi = new RestApi(this, 'RestApi', {
      restApiName: `token-vending-${environment.name}`,
      description: `Vends OAuth 2.0 access tokens (${environment.name})`,
      ...(environment.domain?.isOnlyAddress === true ? { disableExecuteApiEndpoint: true } : {}),
      endpointConfiguration: endpointConfiguration(this, environment.endpoint),
      policy: apiResourcePolicy(this, environment),
      cloudWatchRole: environment.apiGatewayLogRole === 'create',
      // Other APIs of the account may rely on it by now, even if the first deployment fails.
      ...(environment.apiGatewayLogRole === 'create' ? { cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN } : {}),
      deployOptions: {
        stageName,
        throttlingRateLimit: environment.throttling.requestsPerSecond,
        throttlingBurstLimit: environment.throttling.burst,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.custom(accessLogFormat('$context.resourcePath')),
        // Would write whole answers, tokens included, to the log.
        dataTraceEnabled: false,
        tracingEnabled: environment.tracing === 'xray',
      },
    });
    this.apiId = this.restApi.restApiId;
    this.metrics = { names: metricNames, dimensions: { ApiName: this.restApi.restApiName } };
    // CDK adds an output with a made-up name; the stack has its own.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.addMethods(handler);
    this.addGatewayAnswers();
    const webAclArn = environment.webAclArn ?? this.createWebAcl(environment);
    if (webAclArn === undefined) this.explainMissingWebAcl();
    else this.associateWebAcl(webAclArn);
    this.explainFindings();
  }

  private addMethods(handler: IFunction): void {
    // Without a permission for the console's "Test" button, whose calls no IAM policy of a caller governs.
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    const options = { authorizationType: AuthorizationType.IAM };
    const { root } = this.restApi;
    // Any method: the function answers a wrong one, with 405 and `allow`.
    root.addResource('tokens').addResource('{provider}').addMethod('ANY', integration, options);
    root.addResource('health').addMethod('ANY', integration, options);
  }

  private addGatewayAnswers(): void {
    for (const type of Object.keys(gatewayAnswers) as GatewayAnswerType[]) {
      const headers = Object.entries(gatewayAnswerHeaders(type)).map(([name, value]) => [name, `'${value}'`]);
      this.restApi.addGatewayResponse(type, {
        type: ResponseType.of(type),
        responseHeaders: Object.fromEntries(headers),
        templates: { 'application/json': gatewayAnswerBody(type, '$context.error.messageString') },
      });
    }
  }

  private createWebAcl({ name: environmentName, callerLimit }: ParsedEnvironment): string | undefined {
    if (callerLimit?.webAcl !== 'create') return undefined;
    return new CallerWebAcl(this, 'CallerWebAcl', { environmentName, callerLimit }).arn;
  }

  private associateWebAcl(webAclArn: string): void {
    const { partition, region } = Stack.of(this);
    const stage = this.restApi.deploymentStage.stageName;
    new CfnWebACLAssociation(this, 'WebAcl', {
      webAclArn,
      resourceArn: `arn:${partition}:apigateway:${region}::/restapis/${this.restApi.restApiId}/stages/${stage}`,
    });
  }

  private explainMissingWebAcl(): void {
    Validations.of(this.restApi).acknowledge({
      id: 'AwsSolutions-APIG3',
      reason:
        'A web ACL (`webAclArn`) is asked before IAM and would see unsigned requests as well, for a price per request. Without one IAM refuses them, before they reach the function.',
    });
  }

  private explainFindings(): void {
    Validations.of(this.restApi).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason:
          "The function judges requests itself: OAuth clients get RFC 6749's error codes, which a validator lacks.",
      },
      {
        id: 'AwsSolutions-APIG6',
        reason: 'The access log has every request with its outcome; an execution log would hold headers and bodies.',
      },
      {
        id: 'AwsSolutions-COG4',
        reason: 'Callers are services with an AWS identity: AWS_IAM authorizes them, not a Cognito user pool.',
      },
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason: "AWS's own policy for API Gateway's log role, which AWS's documentation demands.",
      },
    );
  }
}
