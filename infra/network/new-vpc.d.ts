import { type RemovalPolicy } from 'aws-cdk-lib';
import { type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
export interface NewVpcProps {
    readonly natGateways: number;
    /** Of the addresses, which providers have on their lists. */
    readonly removalPolicy: RemovalPolicy;
}
/**
 * A VPC for the functions alone: private subnets, whose traffic leaves through NAT gateways with fixed addresses. Made of
 * CloudFormation's own resources, because CDK's VPC looks up the account's availability zones, and synthesis stays offline.
 */
export declare class NewVpc extends Construct {
    readonly vpc: IVpc;
    /** From which the providers see the requests come. */
    readonly addresses: readonly string[];
    constructor(scope: Construct, id: string, { natGateways, removalPolicy }: NewVpcProps);
    /** @param block the subnet's place in the VPC: each has 32 addresses, of which functions need one or two */
    private addSubnet;
    private addExit;
}
