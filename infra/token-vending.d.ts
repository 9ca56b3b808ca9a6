import type { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type ITokenVending } from './api/environment-parameters.ts';
import type { Environment } from './settings/environment.ts';
/** The settings of an environment, as in `environments.ts`. If they name an account or a region, it must be the stack's. */
export interface TokenVendingProps extends Environment {
    /** Such as `prod`: part of the names of policies, secrets and logs, and so taken once per account and region. */
    readonly environmentName: string;
    /** Folder with a folder for each function's bundle. Default: the one of the published package. */
    readonly bundlesDirectory?: string;
    /** Accepts token endpoints on loopback, which only an emulator reaches. */
    readonly allowLoopback?: boolean;
}
/**
 * Everything in one environment, in whatever stack: the API, the functions, the secrets, their logs and alarms.
 *
 * @throws EnvironmentsError that names every mistake in the settings
 */
export declare class TokenVending extends Construct implements ITokenVending {
    /**
     * An environment that another app has deployed to the same account and region, for the stacks of its callers. They find it by
     * SSM parameters whenever they are deployed.
     */
    static fromEnvironment(scope: Construct, environmentName: string): ITokenVending;
    /** From which providers see requests come, where the settings ask for a new VPC. */
    readonly egressAddresses: readonly string[];
    /** Reads the secrets. The keeper of an existing secret may have to name it in the secret's own policy. */
    readonly vendingRole: IRole;
    constructor(scope: Construct, id: string, props: TokenVendingProps);
    /** `https://{api}.execute-api.{region}.amazonaws.com/v1`, without a slash at the end. */
    get endpoint(): string;
    /** By provider: the ARN of the secret that holds its client credentials. */
    get secretArns(): ReadonlyMap<string, string>;
    /**
     * Lets an identity of the same CDK app vend tokens of one provider, and nothing else.
     *
     * @throws Error if the environment has no such provider
     */
    grantVend(grantee: IGrantable, provider: string): Grant;
    private addRotation;
    private addMonitoring;
}
