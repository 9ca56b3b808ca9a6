import { Fn, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCGatewayAttachment,
  type IVpc,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

export interface NewVpcProps {
  readonly natGateways: number;
  /** Of the addresses, which providers have on their lists. */
  readonly removalPolicy: RemovalPolicy;
}

/** AWS's number: with fewer subnets a function does not survive the loss of an availability zone. */
const minAvailabilityZones = 2;

/**
 * A VPC for the functions alone: private subnets, whose traffic leaves through NAT gateways with fixed addresses. Made of
 * CloudFormation's own resources, because CDK's VPC looks up the account's availability zones, and synthesis stays offline.
 */
export class NewVpc extends Construct {
  readonly vpc: IVpc;
  /** From which the providers see the requests come. */
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, { natGateways, removalPolicy }: NewVpcProps) {
    super(scope, id);
    const zones = Array.from({ length: Math.max(minAvailabilityZones, natGateways) }, (_, zone) => zone);
    const vpc = new CfnVPC(this, 'Vpc', { cidrBlock: '10.0.0.0/24', enableDnsSupport: true, enableDnsHostnames: true });
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason: 'Only the functions are in it, and each exchange is in their log. Flow logs would cost money per GB.',
    });
    const internet = new CfnInternetGateway(this, 'Internet');
    const attachment = new CfnVPCGatewayAttachment(this, 'InternetAttachment', {
      vpcId: vpc.ref,
      internetGatewayId: internet.ref,
    });
    const publicSubnets = zones.map((zone) => this.addSubnet(`Public${zone}`, vpc, zone, zone));
    for (const { routeTable } of publicSubnets) {
      this.addExit(routeTable, { gatewayId: internet.ref }).addResourceDependency(attachment);
    }
    const gateways = publicSubnets.slice(0, natGateways).map(({ subnet }, index) => {
      const address = new CfnEIP(this, `Address${index}`, { domain: 'vpc' });
      address.applyRemovalPolicy(removalPolicy);
      address.addResourceDependency(attachment);
      const nat = new CfnNatGateway(this, `Nat${index}`, {
        subnetId: subnet.ref,
        allocationId: address.attrAllocationId,
      });
      return { address, nat };
    });
    const privateSubnets = zones.map((zone) => this.addSubnet(`Private${zone}`, vpc, zone, zones.length + zone));
    for (const [zone, { routeTable }] of privateSubnets.entries()) {
      this.addExit(routeTable, { natGatewayId: gateways[zone % natGateways]?.nat.ref as string });
    }
    this.addresses = gateways.map(({ address }) => address.attrPublicIp);
    this.vpc = Vpc.fromVpcAttributes(this, 'Attributes', {
      vpcId: vpc.ref,
      availabilityZones: zones.map(zoneName),
      privateSubnetIds: privateSubnets.map(({ subnet }) => subnet.ref),
      privateSubnetRouteTableIds: privateSubnets.map(({ routeTable }) => routeTable.ref),
    });
  }

  /** @param block the subnet's place in the VPC: each has 32 addresses, of which functions need one or two */
  private addSubnet(id: string, vpc: CfnVPC, zone: number, block: number) {
    const subnet = new CfnSubnet(this, id, {
      vpcId: vpc.ref,
      availabilityZone: zoneName(zone),
      cidrBlock: `10.0.0.${block * 32}/27`,
    });
    const routeTable = new CfnRouteTable(this, `${id}Routes`, { vpcId: vpc.ref });
    new CfnSubnetRouteTableAssociation(this, `${id}Association`, {
      subnetId: subnet.ref,
      routeTableId: routeTable.ref,
    });
    return { subnet, routeTable };
  }

  private addExit(table: CfnRouteTable, target: { gatewayId: string } | { natGatewayId: string }): CfnRoute {
    const props = { routeTableId: table.ref, destinationCidrBlock: '0.0.0.0/0', ...target };
    return new CfnRoute(table, 'Exit', props);
  }
}

function zoneName(zone: number): string {
  return Fn.select(zone, Fn.getAzs());
}
