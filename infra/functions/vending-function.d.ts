import type { Role } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionNetwork } from '../network/function-network.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
export interface VendingFunctionProps {
    readonly environment: ParsedEnvironment;
    /** Folder with the bundle: `index.js` and `provisioned.mjs`, each of which exports `handler`. */
    readonly bundleDirectory: string;
    readonly logGroup: ILogGroup;
    readonly network: FunctionNetwork | undefined;
}
/** The function that vends. Callers reach it only through its alias `live`. */
export declare class VendingFunction extends Construct {
    readonly alias: Alias;
    readonly role: Role;
    /** A dimension of the function's metrics. */
    readonly functionName: string;
    constructor(scope: Construct, id: string, props: VendingFunctionProps);
}
