import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { VendingApi } from '../api/vending-api.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { createLambdaFunction } from './lambda-function.ts';

export interface ProbeFunctionProps {
  readonly environment: ParsedEnvironment;
  /** Folder with the bundle: `index.js`, which exports `handler`. */
  readonly bundleDirectory: string;
  readonly logGroup: ILogGroup;
  readonly api: VendingApi;
  /** The vending function's alias, which the prober must not be able to invoke. */
  readonly vendingAlias: IFunction;
}

/** How often the prober runs, and so how old its word may be. */
export const probeInterval = Duration.minutes(5);

/** The function that tries every five minutes what callers do and what nobody may. */
export class ProbeFunction extends Construct {
  readonly lambda: LambdaFunction;
  /** Has what a caller of all providers has, and nothing more: that is what it tests. */
  readonly role: Role;

  constructor(scope: Construct, id: string, { api, vendingAlias, ...props }: ProbeFunctionProps) {
    super(scope, id);
    const { providers } = props.environment;
    const { lambda, role } = createLambdaFunction(this, {
      ...props,
      // It asks from outside, as a caller on the internet does.
      network: undefined,
      description: 'Tries what callers of the token vending service do, and what nobody may',
      handler: 'index.handler',
      // Time for 50 providers that do not answer; with those that do it takes seconds.
      timeout: Duration.minutes(4),
      memorySize: 256,
      // Known only when the stack is deployed, so they cannot be in the settings file.
      environmentVariables: { TOKEN_VENDING_ENDPOINT: api.endpoint, VENDING_FUNCTION_ARN: vendingAlias.functionArn },
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({
        sid: 'ProbeAsCaller',
        actions: ['execute-api:Invoke'],
        resources: [...[...providers.keys()].map((provider) => api.vendArn(provider)), api.healthArn],
      }),
    );
    // A run that has failed is not repeated: the next one comes soon, and a late one would say nothing.
    lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: probeInterval });
    new Rule(this, 'Schedule', {
      description: 'Runs the prober',
      schedule: Schedule.rate(probeInterval),
      targets: [new LambdaTarget(lambda, { retryAttempts: 0, maxEventAge: probeInterval })],
    });
    this.lambda = lambda;
    this.role = role;
  }
}
