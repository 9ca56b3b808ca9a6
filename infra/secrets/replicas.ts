import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

// A secret's replicas have its name, its labels and its policy, and a key of their own region. What the two environments must know of
// each other before either is deployed is therefore a matter of names.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html

/** Of the key that encrypts an environment's replicas, in each of their regions. */
export function replicaKeyAlias(primary: string): string {
  return `alias/token-vending/${primary}`;
}

/** Of the role that reads the replicas in a region. At most 64 characters, IAM's limit. */
export function replicaRoleName(primary: string, region: string): string {
  return `TokenVending-${primary}-${region}-vend`;
}

/** The role that the policy of the secret, and so of each replica, must let through. */
export function replicaRoleArn(scope: Construct, primary: string, region: string): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:iam::${account}:role/${replicaRoleName(primary, region)}`;
}

/** A replica, of whose ARN the last six characters are known only when the secret exists. */
export function replicaArnPattern(scope: Construct, secretName: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${secretName}-??????`;
}
