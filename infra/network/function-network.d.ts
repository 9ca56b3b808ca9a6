import { type RemovalPolicy } from 'aws-cdk-lib';
import { type Role } from 'aws-cdk-lib/aws-iam';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { GivenVpc, NewVpcSettings } from '../settings/vpc.ts';
interface FunctionNetworkProps {
    readonly settings: GivenVpc | NewVpcSettings;
    /** The secrets that the functions use through the VPC. */
    readonly secretArns: readonly string[];
    /** The token table's name, if there is one. */
    readonly tokenTable: string | undefined;
    readonly removalPolicy: RemovalPolicy;
}
/**
 * The functions' way out through a VPC, so that providers see requests come from fixed addresses. Only HTTPS leaves. The endpoint
 * for Secrets Manager has no private DNS name: the functions are told its address, and nobody else in the VPC notices it.
 */
export declare class FunctionNetwork extends Construct {
    /** The NAT gateways' addresses, where the VPC is the stack's own. */
    readonly addresses: readonly string[];
    /** What puts a function into the network. Its role must be admitted, too. */
    readonly functionOptions: Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups' | 'environment'>;
    private readonly roleArns;
    constructor(scope: Construct, id: string, { settings, secretArns, tokenTable, removalPolicy }: FunctionNetworkProps);
    /** Lets Lambda connect a function with this role, and the function use the endpoints. Not even the function's own code may do more. */
    admit(role: Role): void;
    private createSecurityGroup;
    /** @returns the endpoint's URL */
    private addSecretsEndpoint;
    /**
     * Costs nothing, and keeps the table's traffic away from the NAT gateways.
     *
     * @param isOwnVpc whether nobody else's traffic takes these routes; in another's VPC the table's own policy has to do
     */
    private addTableEndpoint;
    private onlyFunctions;
}
/** @returns undefined where the functions have Lambda's own network */
export declare function createFunctionNetwork(scope: Construct, { vpc: settings, tokenTable }: ParsedEnvironment, secretArns: ReadonlyMap<string, string>, removalPolicy: RemovalPolicy): FunctionNetwork | undefined;
export {};
