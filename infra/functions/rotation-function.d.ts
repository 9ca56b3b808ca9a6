import { type IRole } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionNetwork } from '../network/function-network.ts';
import type { ClientSecret } from '../secrets/client-secret.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
export interface RotationFunctionProps {
    readonly environment: ParsedEnvironment;
    /** Folder with the bundle: `index.js`, which exports `handler`. */
    readonly bundleDirectory: string;
    readonly logGroup: ILogGroup;
    readonly network: FunctionNetwork | undefined;
}
/** The function that Secrets Manager calls for each step of a rotation. */
export declare class RotationFunction extends Construct {
    readonly lambda: LambdaFunction;
    readonly role: IRole;
    constructor(scope: Construct, id: string, props: RotationFunctionProps);
    /** Lets RotateSecret call the function for a secret. Without rules Secrets Manager starts no rotation itself. */
    rotates(secret: ClientSecret): void;
}
