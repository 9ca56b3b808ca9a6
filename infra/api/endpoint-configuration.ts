import { type EndpointConfiguration, EndpointType } from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { EnvironmentSettings } from '../settings/environment.ts';

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
