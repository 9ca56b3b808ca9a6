import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  AccessLogField as Field,
  LambdaIntegration,
  LogGroupLogDestination,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { apiResourcePolicy, endpointConfiguration } from './api-access.ts';
import { type GatewayAnswerType, gatewayAnswerBody, gatewayAnswerHeaders, gatewayAnswers } from './gateway-answers.ts';

export interface VendingApiProps {
  readonly environment: ParsedEnvironment;
  /** Answers every request, wrong methods included. */
  readonly handler: IFunction;
  readonly accessLog: ILogGroup;
}

/** Part of every caller's policy and of the endpoint's URL. */
export const stageName = 'v1';

/**
 * One line of JSON per request, refused ones included: who asked for what, and the outcome. `requestId` is also in the
 * function's own log line. `$context.error.message` is left out on purpose: when a signature does not match, it
 * contains the canonical request, with the caller's session token.
 */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    time: Field.contextRequestTime(),
    requestId: Field.contextRequestId(),
    callerArn: Field.contextIdentityUserArn(),
    callerAccount: Field.contextIdentityAccountId(),
    sourceIp: Field.contextIdentitySourceIp(),
    method: Field.contextHttpMethod(),
    path: Field.contextPath(),
    resource: Field.contextResourcePath(),
    status: Field.contextStatus(),
    error: Field.contextErrorResponseType(),
    milliseconds: Field.contextResponseLatency(),
    functionMilliseconds: Field.contextIntegrationLatency(),
    responseBytes: Field.contextResponseLength(),
  }),
);

/** The HTTP endpoint. Each request must be signed (SigV4) by an identity that IAM allows to call exactly that path. */
export class VendingApi extends Construct {
  readonly restApi: RestApi;
  private readonly providers: ReadonlySet<string>;

  constructor(scope: Construct, id: string, { environment, handler, accessLog }: VendingApiProps) {
    super(scope, id);
    this.providers = new Set(environment.providers.keys());
    this.restApi = new RestApi(this, 'RestApi', {
      restApiName: `token-vending-${environment.name}`,
      description: `Vends OAuth 2.0 access tokens (${environment.name})`,
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
        accessLogFormat,
        // Would write whole answers, tokens included, to the log.
        dataTraceEnabled: false,
        tracingEnabled: environment.tracing === 'xray',
      },
    });
    // CDK adds an output with a made-up name; the stack has its own.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.addMethods(handler);
    this.addGatewayAnswers();
    if (environment.webAclArn === undefined) this.explainMissingWebAcl();
    else this.associateWebAcl(environment.webAclArn);
    this.explainFindings();
  }

  /** `https://{api}.execute-api.{region}.amazonaws.com/v1`, without a slash at the end. */
  get endpoint(): string {
    return this.endpointAt(this.restApi.restApiId);
  }

  /** The endpoint at a VPC endpoint's own name, which works inside the VPC without private DNS. */
  endpointVia(vpcEndpointId: string): string {
    return this.endpointAt(`${this.restApi.restApiId}-${vpcEndpointId}`);
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
    return this.restApi.arnForExecuteApi('POST', `/tokens/${provider}`, stageName);
  }

  /** The resource of `execute-api:Invoke` for `GET /health`. */
  get healthArn(): string {
    return this.restApi.arnForExecuteApi('GET', '/health', stageName);
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
