import { type Duration } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionNetwork } from '../network/function-network.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
export interface LambdaFunctionProps {
    readonly environment: ParsedEnvironment;
    /** Folder with the bundle. */
    readonly bundleDirectory: string;
    readonly logGroup: ILogGroup;
    /** Undefined: Lambda's own network. */
    readonly network: FunctionNetwork | undefined;
    readonly description: string;
    readonly handler: string;
    readonly timeout: Duration;
    readonly memorySize: number;
    readonly reservedConcurrentExecutions?: number | undefined;
}
export interface LambdaFunctionAndRole {
    readonly lambda: LambdaFunction;
    /** May write to the function's own log group. The secrets grant their own permissions. */
    readonly role: Role;
}
/** What all functions of an environment have in common. */
export declare function createLambdaFunction(scope: Construct, props: LambdaFunctionProps): LambdaFunctionAndRole;
