import { CfnOutput, CfnResource, type Stack } from 'aws-cdk-lib';
import { CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { awsLimits } from './aws-limits.ts';

/**
 * The limits of AWS that a stack exceeds, counted in the stack itself.
 *
 * @param environment its name, with which each line starts
 */
export function findExceededLimits(environment: string, stack: Stack): string[] {
  const needs = countNeeds(stack);
  return Object.entries(awsLimits).flatMap(([name, { key, rule, max }]) => {
    const count = needs[name as keyof typeof awsLimits];
    return count > max ? [`${environment}.${key}: ${rule}, and these need ${count}; use a second environment`] : [];
  });
}

/** What a stack needs of each limit. */
export function countNeeds(stack: Stack): Readonly<Record<keyof typeof awsLimits, number>> {
  const parts = stack.node.findAll();
  const resources = parts.filter(CfnResource.isCfnResource);
  const lengthOf = createLengthOf(stack, resources);
  const inlinePolicies = resources.filter((resource) => resource instanceof CfnPolicy);
  const apiPolicies = resources.filter((resource) => resource instanceof CfnRestApi);
  const longest = (all: readonly number[]): number => Math.max(0, ...all);
  return {
    resources: resources.length,
    outputs: parts.filter((part) => part instanceof CfnOutput).length,
    inlinePolicyCharacters: longest(inlinePolicies.map(({ policyDocument }) => lengthOf(policyDocument))),
    apiPolicyBytes: longest(apiPolicies.map(({ policy }) => lengthOf(policy))),
  };
}

/** The longest values that exist in AWS. */
const longestPseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-1',
  'AWS::URLSuffix': 'amazonaws.com.cn',
};
/** The length of a key's id or a log group's name. */
const longestReference = 'x'.repeat(128);
/** API Gateway's ids have ten characters. */
const anyApiId = 'a1b2c3d4e5';

/** @returns a function that gives the maximum length of a resolved policy, without white space */
function createLengthOf(stack: Stack, resources: readonly CfnResource[]): (policy: unknown) => number {
  const secretNames = new Map(
    resources.flatMap((resource) =>
      resource instanceof CfnSecret ? [[stack.resolve(resource.logicalId) as string, resource.name ?? '']] : [],
    ),
  );

  const apiIds = new Set(
    resources
      .filter((resource) => resource instanceof CfnRestApi || resource instanceof CfnApi)
      .map(({ logicalId }) => stack.resolve(logicalId) as string),
  );

  function arnStart(service: string): string {
    return String(resolve(stack.resolve(`arn:${stack.partition}:${service}:${stack.region}:${stack.account}`)));
  }

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
    if (typeof Ref === 'string') return apiIds.has(Ref) ? anyApiId : (longestPseudoParameters[Ref] ?? longestReference);
    if (Array.isArray(attribute)) {
      const secretName = secretNames.get(String(attribute[0]));
      return secretName === undefined ? longestReference : `${arnStart('secretsmanager')}:secret:${secretName}-AbCdEf`;
    }
    if (Array.isArray(join)) return (resolve(join[1]) as string[]).join(String(join[0]));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  }

  // API Gateway completes its resources with region, account and the API's id.
  return (policy) => {
    const text = JSON.stringify(resolve(stack.resolve(policy)));
    return text.replaceAll('"execute-api:/', `"${arnStart('execute-api')}:${anyApiId}/`).length;
  };
}
