import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AuthorizationType,
  LambdaIntegration,
  LogGroupLogDestination,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/parse-environments.ts';
import { accessLogFormat } from './access-log-format.ts';
import { apiResourcePolicy } from './api-resource-policy.ts';
import { endpointConfiguration } from './endpoint-configuration.ts';
import { type GatewayAnswerType, gatewayAnswerBody, gatewayAnswerHeaders, gatewayAnswers } from './gateway-answers.ts';

export interface VendingApiProps {
  readonly environment: ParsedEnvironment;
  /** Answers every request, wrong methods included. */
  readonly handler: IFunction;
  readonly accessLog: ILogGroup;
}

/** Part of every caller's policy and of the endpoint's URL. */
export const stageName = 'v1';

/** The HTTP endpoint. Each request must be signed (SigV4) by an identity that IAM lets call its very path. */
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
      // Other APIs of the account may have come to rely on it.
      ...(environment.apiGatewayLogRole === 'create' ? { cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN } : {}),
      deployOptions: {
        stageName,
        throttlingRateLimit: environment.throttling.requestsPerSecond,
        throttlingBurstLimit: environment.throttling.burst,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat,
        // Would write answers, tokens and all, to the log.
        dataTraceEnabled: false,
      },
    });
    // CDK adds an output with a made-up name; the stack has its own.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.addMethods(handler);
    this.addGatewayAnswers();
    this.explainFindings();
  }

  /** `https://{api}.execute-api.{region}.amazonaws.com/v1`, without a slash at the end. */
  get endpoint(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.restApi.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}`;
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
   * @throws Error where the environment has no such provider
   */
  vendArn(provider: string): string {
    if (!this.providers.has(provider)) {
      throw new Error(`There is no provider ${provider}; there are ${[...this.providers].join(', ')}`);
    }
    return this.restApi.arnForExecuteApi('POST', `/tokens/${provider}`, stageName);
  }

  private addMethods(handler: IFunction): void {
    // Without a permission for the console's "Test" button, whose calls no IAM policy of a caller governs.
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    const options = { authorizationType: AuthorizationType.IAM };
    const { root } = this.restApi;
    // Any method: it is the function that answers a wrong one, with 405 and `allow`.
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

  private explainFindings(): void {
    Validations.of(this.restApi).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason:
          "The function judges requests itself: OAuth clients get RFC 6749's error codes, which a validator lacks.",
      },
      {
        id: 'AwsSolutions-APIG3',
        reason:
          'Every request must carry a valid signature of an identity that IAM allows; a WAF would see only those.',
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
