import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { outputSuffix } from './settings/contradictions.ts';
import type { ParsedEnvironment } from './settings/environment.ts';
import { TokenVending, type TokenVendingProps } from './token-vending.ts';

export interface TokenVendingStackProps extends StackProps {
  readonly vending: TokenVendingProps;
}

/** A stack with everything in one environment, protected and tagged, with outputs. */
export class TokenVendingStack extends Stack {
  private readonly vending: TokenVending;

  constructor(scope: Construct, id: string, props: TokenVendingStackProps) {
    const { vending, ...stackProps } = props;
    super(scope, id, stackProps);
    // CDK leaves `Default` out of logical ids.
    this.vending = new TokenVending(this, 'Default', vending);
    const { environment } = this.vending;
    this.terminationProtection = stackProps.terminationProtection ?? environment.removal === 'retain';
    const tags = { service: 'token-vending', environment: environment.name, ...environment.tags };
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);
    this.addOutputs();
  }

  /** Lets an identity of the same CDK app vend tokens of one provider. */
  grantVend(grantee: IGrantable, provider: string): Grant {
    return this.vending.grantVend(grantee, provider);
  }

  private addOutputs(): void {
    const { environment, api, domainTarget, egressAddresses, secrets, callers, vendingRole, vendingAlias, prober } =
      this.vending;
    new CfnOutput(this, 'Region', { value: this.region });
    new CfnOutput(this, 'Endpoint', { value: api.endpoint, description: 'POST {Endpoint}/tokens/{provider}' });
    if (environment.domain !== undefined && environment.domain.hostedZone === undefined) {
      const description = `What ${environment.domain.name} must point to, as CNAME or alias`;
      new CfnOutput(this, 'DomainTarget', { value: domainTarget ?? '', description });
    }
    for (const vpcEndpointId of vpcEndpointIds(environment)) {
      const value = api.endpointVia(vpcEndpointId);
      const description = 'The same without private DNS';
      new CfnOutput(this, `EndpointVia${outputSuffix(vpcEndpointId)}`, { value, description });
    }
    if (egressAddresses.length > 0) {
      const description = "For the providers' allow-lists";
      new CfnOutput(this, 'EgressAddresses', { value: egressAddresses.join(','), description });
    }
    for (const [provider, arn] of secrets.arns) {
      new CfnOutput(this, `SecretArn${outputSuffix(provider)}`, { value: arn });
    }
    if (secrets.existing.size > 0) {
      const description = 'To be named in the policies of existing secrets and their keys';
      new CfnOutput(this, 'VendingRoleArn', { value: vendingRole.roleArn, description });
    }
    for (const [policy, { managedPolicyArn }] of callers.vend) {
      new CfnOutput(this, `CallerPolicyArn${outputSuffix(policy)}`, { value: managedPolicyArn });
    }
    new CfnOutput(this, 'HealthPolicyArn', { value: callers.health.managedPolicyArn });
    if (prober === undefined) return;
    // For `npm run probe`.
    new CfnOutput(this, 'ProberFunctionName', { value: prober.lambda.functionName });
    new CfnOutput(this, 'VendingFunctionArn', { value: vendingAlias.functionArn });
  }
}

function vpcEndpointIds({ endpoint }: ParsedEnvironment): readonly string[] {
  return endpoint.type === 'PRIVATE' ? endpoint.vpcEndpointIds : [];
}
