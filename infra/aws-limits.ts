/** A limit that AWS does not raise, and what an environment needs of it at least. */
export interface AwsLimit {
  /** The key of an environment's settings that an excess is about. */
  readonly key: 'providers' | 'callers';
  readonly rule: string;
  readonly max: number;
  /** What any environment needs, and what each provider adds: less than the stack really needs, never more. */
  readonly base: number;
  readonly perProvider: number;
}

/**
 * The limits by which a stack has room for so many providers and no more. The stack is counted exactly (`stack-limits.ts`); the local
 * stack, which has no template, uses the estimates.
 */
export const awsLimits = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  resources: {
    key: 'providers',
    rule: 'a CloudFormation stack has at most 500 resources',
    max: 500,
    base: 45,
    perProvider: 5,
  },
  outputs: {
    key: 'providers',
    rule: 'a CloudFormation stack has at most 200 outputs',
    max: 200,
    base: 3,
    perProvider: 2,
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  inlinePolicyCharacters: {
    key: 'providers',
    rule: "a role's inline policies have at most 10240 characters",
    max: 10_240,
    base: 700,
    perProvider: 75,
  },
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
  apiPolicyBytes: {
    key: 'callers',
    rule: "an API's resource policy has at most 8192 bytes",
    max: 8192,
    base: 0,
    perProvider: 0,
  },
} as const satisfies Readonly<Record<string, AwsLimit>>;

/** @returns a line per limit that an environment with so many providers would certainly exceed */
export function findCertainExcess(providers: number): string[] {
  return Object.values(awsLimits).flatMap(({ rule, max, base, perProvider }) => {
    const least = base + perProvider * providers;
    return least > max ? [`${rule}, and these need at least ${least}`] : [];
  });
}
