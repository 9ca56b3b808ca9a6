import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { VendingApi } from './vending-api.ts';
export interface EnvironmentParametersProps {
    readonly environment: ParsedEnvironment;
    readonly api: VendingApi;
}
/** Writes the parameters. */
export declare class EnvironmentParameters extends Construct {
    constructor(scope: Construct, id: string, { environment, api }: EnvironmentParametersProps);
}
/** An environment as callers' stacks use it. */
export interface ITokenVending {
    /** Such as `https://{api}.execute-api.{region}.amazonaws.com/v1`, without a slash at the end. */
    readonly endpoint: string;
    /** Lets an identity vend tokens of one provider, and nothing else. */
    grantVend(grantee: IGrantable, provider: string): Grant;
}
/** Reads the parameters, when CloudFormation deploys the stack of `scope`; synthesis looks nothing up. */
export declare class EnvironmentFromParameters implements ITokenVending {
    private readonly scope;
    private readonly environmentName;
    constructor(scope: Construct, environmentName: string);
    get endpoint(): string;
    grantVend(grantee: IGrantable, provider: string): Grant;
    private read;
}
