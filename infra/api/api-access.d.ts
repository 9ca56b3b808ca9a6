import { type EndpointConfiguration } from 'aws-cdk-lib/aws-apigateway';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { EnvironmentSettings } from '../settings/environment.ts';
/** Regional, or reachable only inside VPCs, through the VPC endpoints that the settings name. */
export declare function endpointConfiguration(scope: Construct, endpoint: EnvironmentSettings['endpoint']): EndpointConfiguration;
/**
 * Who may call the API at all. The stack's own account is admitted as a whole, but each caller in it needs its own IAM policy,
 * such as the caller policies. A caller from another account needs both an entry here and a policy there.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
export declare function apiResourcePolicy(scope: Construct, { callers, endpoint }: Pick<EnvironmentSettings, 'callers' | 'endpoint'>): PolicyDocument;
