import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { VendingApi } from './vending-api.ts';

export interface CallerPoliciesProps {
  readonly environmentName: string;
  readonly providers: readonly string[];
  readonly api: VendingApi;
}

/**
 * One managed policy a provider, for a platform team to attach to the services that need its tokens. Named, so that it
 * can be attached without a look at the stack: `TokenVending-{environment}-vend-{provider}`.
 */
export class CallerPolicies extends Construct {
  readonly byProvider: ReadonlyMap<string, ManagedPolicy>;

  constructor(scope: Construct, id: string, { environmentName, providers, api }: CallerPoliciesProps) {
    super(scope, id);
    this.byProvider = new Map(
      providers.map((provider) => [
        provider,
        new ManagedPolicy(this, provider, {
          managedPolicyName: `TokenVending-${environmentName}-vend-${provider}`,
          description: `Vend tokens of ${provider} (${environmentName})`,
          statements: [
            new PolicyStatement({
              sid: 'Vend',
              actions: ['execute-api:Invoke'],
              resources: [api.vendArn(provider)],
            }),
          ],
        }),
      ]),
    );
  }
}
