import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
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
export declare class CallerPolicies extends Construct {
    /** By provider, or by name of `callerPolicies`. */
    readonly vend: ReadonlyMap<string, ManagedPolicy>;
    readonly health: ManagedPolicy;
    constructor(scope: Construct, id: string, { environment, api }: CallerPoliciesProps);
}
