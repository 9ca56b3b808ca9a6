import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { VendingApi } from './vending-api.ts';

/** The SSM parameters in which callers' stacks of the same account and region find an environment. */
const parameterNames = {
  /** The endpoint, with the stage. */
  endpoint: (environment: string) => `/token-vending/${environment}/endpoint`,
  /** The resource of `execute-api:Invoke` for one provider. A stack that asks for a provider which is not there fails to deploy. */
  invokeArn: (environment: string, provider: string) => `/token-vending/${environment}/invoke-arn/${provider}`,
};

export interface EnvironmentParametersProps {
  readonly environment: ParsedEnvironment;
  readonly api: VendingApi;
}

/** Writes the parameters. */
export class EnvironmentParameters extends Construct {
  constructor(scope: Construct, id: string, { environment, api }: EnvironmentParametersProps) {
    super(scope, id);
    const { name, providers } = environment;
    new StringParameter(this, 'Endpoint', {
      parameterName: parameterNames.endpoint(name),
      description: `Where tokens are vended (${name})`,
      stringValue: api.endpoint,
    });
    for (const provider of providers.keys()) {
      new StringParameter(this, provider, {
        parameterName: parameterNames.invokeArn(name, provider),
        description: `What execute-api:Invoke allows: tokens of ${provider} (${name})`,
        stringValue: api.vendArn(provider),
      });
    }
  }
}

/** An environment as callers' stacks use it. */
export interface ITokenVending {
  /** Such as `https://{api}.execute-api.{region}.amazonaws.com/v1`, without a slash at the end. */
  readonly endpoint: string;
  /** Lets an identity vend tokens of one provider, and nothing else. */
  grantVend(grantee: IGrantable, provider: string): Grant;
}

/** Reads the parameters, when CloudFormation deploys the stack of `scope`; synthesis looks nothing up. */
export class EnvironmentFromParameters implements ITokenVending {
  private readonly scope: Construct;
  private readonly environmentName: string;

  constructor(scope: Construct, environmentName: string) {
    this.scope = scope;
    this.environmentName = environmentName;
  }

  get endpoint(): string {
    return this.read(parameterNames.endpoint(this.environmentName));
  }

  grantVend(grantee: IGrantable, provider: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [this.read(parameterNames.invokeArn(this.environmentName, provider))],
    });
  }

  private read(parameterName: string): string {
    return StringParameter.valueForStringParameter(this.scope, parameterName);
  }
}
