import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { VendingApi } from './vending-api.ts';

export interface CallerPoliciesProps {
  readonly environment: ParsedEnvironment;
  readonly api: VendingApi;
}

/**
 * Managed policies for a platform team to attach to the services that need tokens: one per provider, one per entry of
 * `callerPolicies`, and one for `GET /health`. They have names, so that they can be attached without looking them up.
 * **Never change a description**: CloudFormation would replace the policy, and fail because its name is taken.
 */
export class CallerPolicies extends Construct {
  /** By provider, or by name of `callerPolicies`. */
  readonly vend: ReadonlyMap<string, ManagedPolicy>;
  readonly health: ManagedPolicy;

  constructor(scope: Construct, id: string, { environment, api }: CallerPoliciesProps) {
    super(scope, id);
    const { name, providers, callerPolicies } = environment;
    const createPolicy = (id: string, policy: string, description: string, sid: string, resources: string[]) =>
      new ManagedPolicy(this, id, {
        managedPolicyName: `TokenVending-${name}-${policy}`,
        description: `${description} (${name})`,
        statements: [new PolicyStatement({ sid, actions: ['execute-api:Invoke'], resources })],
      });
    const vendPolicy = (policy: string, named: readonly string[]): [string, ManagedPolicy] => {
      const resources = named.map((provider) => api.vendArn(provider));
      return [policy, createPolicy(policy, `vend-${policy}`, `Vend tokens of ${policy}`, 'Vend', resources)];
    };
    this.vend = new Map([
      ...[...providers.keys()].map((provider) => vendPolicy(provider, [provider])),
      ...Object.entries(callerPolicies).map(([policy, named]) => vendPolicy(policy, named)),
    ]);
    this.health = createPolicy('GetHealth', 'health', 'Ask whether the token vending service is up', 'GetHealth', [
      api.healthArn,
    ]);
  }
}
