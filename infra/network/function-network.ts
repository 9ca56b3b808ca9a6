import { Fn, Lazy, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  CfnVPCEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { GivenVpc, NewVpcSettings } from '../settings/vpc.ts';
import { itemActions } from '../tokens/token-table.ts';
import { NewVpc } from './new-vpc.ts';

interface FunctionNetworkProps {
  readonly settings: GivenVpc | NewVpcSettings;
  /** The secrets that the functions use through the VPC. */
  readonly secretArns: readonly string[];
  /** The token table's name, if there is one. */
  readonly tokenTable: string | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/** What Lambda does with a function's role in a VPC: AWSLambdaVPCAccessExecutionRole without what it says of logs. */
const interfaceActions = [
  'AssignPrivateIpAddresses',
  'CreateNetworkInterface',
  'DeleteNetworkInterface',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'UnassignPrivateIpAddresses',
].map((name) => `ec2:${name}`);

/**
 * The functions' way out through a VPC, so that providers see requests come from fixed addresses. Only HTTPS leaves. The endpoint
 * for Secrets Manager has no private DNS name: the functions are told its address, and nobody else in the VPC notices it.
 */
export class FunctionNetwork extends Construct {
  /** The NAT gateways' addresses, where the VPC is the stack's own. */
  readonly addresses: readonly string[];
  /** What puts a function into the network. Its role must be admitted, too. */
  readonly functionOptions: Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups' | 'environment'>;
  private readonly roleArns: string[] = [];

  constructor(scope: Construct, id: string, { settings, secretArns, tokenTable, removalPolicy }: FunctionNetworkProps) {
    super(scope, id);
    const created = 'new' in settings ? new NewVpc(this, 'New', { ...settings.new, removalPolicy }) : undefined;
    this.addresses = created?.addresses ?? [];
    const vpc = created?.vpc ?? importVpc(this, settings as GivenVpc);
    const functions = this.createSecurityGroup('Functions', vpc, 'The token vending functions: only HTTPS leaves');
    functions.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'Providers and AWS');
    this.functionOptions = {
      vpc,
      vpcSubnets: { subnets: vpc.privateSubnets },
      securityGroups: [functions],
      environment: { AWS_ENDPOINT_URL_SECRETS_MANAGER: this.addSecretsEndpoint(vpc, functions, secretArns) },
    };
    const hasRouteTables = created !== undefined || (settings as GivenVpc).routeTableIds !== undefined;
    if (tokenTable !== undefined && hasRouteTables) this.addTableEndpoint(vpc, tokenTable, created !== undefined);
  }

  /** Lets Lambda connect a function with this role, and the function use the endpoints. Not even the function's own code may do more. */
  admit(role: Role): void {
    this.roleArns.push(role.roleArn);
    const statement = { actions: interfaceActions, resources: ['*'] };
    role.addToPrincipalPolicy(new PolicyStatement({ ...statement, sid: 'ConnectToVpc' }));
    // The key is there only where the function's own code calls: Lambda developer guide, lambda:SourceFunctionArn.
    const conditions = { Null: { 'lambda:SourceFunctionArn': 'false' } };
    role.addToPrincipalPolicy(
      new PolicyStatement({ ...statement, sid: 'NotFromTheFunction', effect: Effect.DENY, conditions }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Lambda makes the network interfaces and names them; the functions themselves are denied these actions.',
    });
  }

  private createSecurityGroup(id: string, vpc: IVpc, description: string): SecurityGroup {
    return new SecurityGroup(this, id, { vpc, description, allowAllOutbound: false });
  }

  /** @returns the endpoint's URL */
  private addSecretsEndpoint(vpc: IVpc, functions: SecurityGroup, secretArns: readonly string[]): string {
    const securityGroup = this.createSecurityGroup('Endpoint', vpc, 'Secrets Manager for token vending');
    securityGroup.addIngressRule(functions, Port.HTTPS, 'The token vending functions');
    const endpoint = new InterfaceVpcEndpoint(this, 'SecretsManager', {
      vpc,
      service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      subnets: { subnets: vpc.privateSubnets },
      securityGroups: [securityGroup],
      open: false,
      privateDnsEnabled: false,
    });
    const actions = ['DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage'];
    endpoint.addToPolicy(
      this.onlyFunctions(
        actions.map((name) => `secretsmanager:${name}`),
        secretArns,
      ),
    );
    // An entry is `{hosted zone}:{host name}`; the first is the one for all zones.
    return `https://${Fn.select(1, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries)))}`;
  }

  /**
   * Costs nothing, and keeps the table's traffic away from the NAT gateways.
   *
   * @param isOwnVpc whether nobody else's traffic takes these routes; in another's VPC the table's own policy has to do
   */
  private addTableEndpoint(vpc: IVpc, table: string, isOwnVpc: boolean): void {
    const { partition, region, account } = Stack.of(this);
    const tableArn = `arn:${partition}:dynamodb:${region}:${account}:table/${table}`;
    const policyDocument = new PolicyDocument({ statements: [this.onlyFunctions(itemActions, [tableArn])] });
    new CfnVPCEndpoint(this, 'DynamoDb', {
      vpcId: vpc.vpcId,
      serviceName: `com.amazonaws.${region}.dynamodb`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [...new Set(vpc.privateSubnets.map(({ routeTable }) => routeTable.routeTableId))],
      ...(isOwnVpc ? { policyDocument } : {}),
    });
  }

  private onlyFunctions(actions: readonly string[], resources: readonly string[]): PolicyStatement {
    return new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: [...actions],
      resources: [...resources],
      conditions: { ArnEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.roleArns }) } },
    });
  }
}

/** @returns undefined where the functions have Lambda's own network */
export function createFunctionNetwork(
  scope: Construct,
  { vpc: settings, tokenTable }: ParsedEnvironment,
  secretArns: readonly string[],
  removalPolicy: RemovalPolicy,
): FunctionNetwork | undefined {
  if (settings === undefined) return undefined;
  const props = { settings, secretArns, tokenTable, removalPolicy };
  return new FunctionNetwork(scope, 'Network', props);
}

/** Looks nothing up: what the settings say is all that is known of the VPC. */
function importVpc(scope: Construct, { routeTableIds, ...given }: GivenVpc): IVpc {
  const routeTables = routeTableIds === undefined ? {} : { privateSubnetRouteTableIds: routeTableIds };
  const vpc = Vpc.fromVpcAttributes(scope, 'Given', { ...given, ...routeTables });
  Validations.of(vpc).acknowledge({
    id: 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
    reason: 'The route tables are used only where the settings name them.',
  });
  return vpc;
}
