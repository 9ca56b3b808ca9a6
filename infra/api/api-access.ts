import { Stack } from 'aws-cdk-lib';
import { type EndpointConfiguration, EndpointType } from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CallerSettings, EnvironmentSettings } from '../settings/environment.ts';

/** Regional, or reachable only inside VPCs, through the VPC endpoints that the settings name. */
export function endpointConfiguration(
  scope: Construct,
  endpoint: EnvironmentSettings['endpoint'],
): EndpointConfiguration {
  if (endpoint.type === 'REGIONAL') return { types: [EndpointType.REGIONAL] };
  const vpcEndpoints = endpoint.vpcEndpointIds.map((vpcEndpointId) =>
    InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(scope, vpcEndpointId, { vpcEndpointId, port: 443 }),
  );
  return { types: [EndpointType.PRIVATE], vpcEndpoints };
}

/**
 * Who may call the API at all. The stack's own account is admitted as a whole, but each caller in it needs its own IAM policy,
 * such as the caller policies. A caller from another account needs both an entry here and a policy there.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
export function apiResourcePolicy(
  scope: Construct,
  { callers, endpoint }: Pick<EnvironmentSettings, 'callers' | 'endpoint'>,
): PolicyDocument {
  const statements = [
    new PolicyStatement({
      sid: 'OwnAccountByItsPolicies',
      principals: [new AccountRootPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: [invocation('*/tokens/*'), invocation('*/health')],
    }),
    ...callers.flatMap((caller, index) => callerStatements(scope, caller, index)),
  ];
  if (endpoint.type === 'PRIVATE') statements.push(onlyThroughVpcEndpoints(endpoint.vpcEndpointIds));
  return new PolicyDocument({ statements });
}

function callerStatements(scope: Construct, caller: CallerSettings, index: number): PolicyStatement[] {
  const { principalArns, organizationIds } = caller;
  const actions = ['execute-api:Invoke'];
  const resources = [...caller.providers.map((name) => invocation(`POST/tokens/${name}`)), invocation('GET/health')];
  const statements: PolicyStatement[] = [];
  if (principalArns.length > 0) {
    const principals = principalArns.map((arn) => new ArnPrincipal(arn));
    statements.push(new PolicyStatement({ sid: `Principals${index}`, principals, actions, resources }));
  }
  if (organizationIds.length > 0) {
    statements.push(
      new PolicyStatement({
        sid: `Organizations${index}`,
        principals: [new AnyPrincipal()],
        actions,
        resources,
        conditions: {
          StringEquals: { 'aws:PrincipalOrgID': organizationIds },
          // Within the account, a resource policy for everyone would be enough without any policy of the caller.
          StringNotEquals: { 'aws:PrincipalAccount': Stack.of(scope).account },
        },
      }),
    );
  }
  return statements;
}

function onlyThroughVpcEndpoints(vpcEndpointIds: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'OnlyThroughVpcEndpoints',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: ['execute-api:/*'],
    conditions: { StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } },
  });
}

/** API Gateway completes it with region, account and the API's id. */
function invocation(methodAndPath: string): string {
  return `execute-api:/v1/${methodAndPath}`;
}
