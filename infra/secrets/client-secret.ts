import { Lazy, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnResourcePolicy, CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/**
 * The content of a new secret until an operator fills it: the fields, without anything that looks like credentials. The
 * functions recognize it and log `secret_not_filled_in`. **Never change it**: CloudFormation would overwrite the real content
 * of every existing secret with the new value.
 */
export const secretPlaceholder = '{"client_id":"","client_secret":""}';

export interface ClientSecretProps {
  readonly name: string;
  readonly key: IKey;
  readonly replicaRegions: readonly string[];
  /** Encrypts the replicas, in each of their regions. */
  readonly replicaKeyAlias: string;
  /** Who may read it besides the functions. */
  readonly readerArns: readonly string[];
  readonly removalPolicy: RemovalPolicy;
}

/** The client credentials of one provider, in a secret that the stack creates. */
export class ClientSecret extends Construct {
  readonly arn: string;
  private readonly readerArns: string[];

  constructor(scope: Construct, id: string, props: ClientSecretProps) {
    super(scope, id);
    const { name, key, replicaRegions, replicaKeyAlias, readerArns, removalPolicy } = props;
    const replicas = replicaRegions.map((region) => ({ region, kmsKeyId: replicaKeyAlias }));
    this.readerArns = [...readerArns];
    const secret = new CfnSecret(this, 'Secret', {
      name,
      description: 'OAuth client credentials: {"client_id": "…", "client_secret": "…"}',
      kmsKeyId: key.keyArn,
      secretString: secretPlaceholder,
      ...(replicas.length > 0 ? { replicaRegions: replicas } : {}),
    });
    secret.applyRemovalPolicy(removalPolicy);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A schedule cannot rotate it: the providers have no API that makes a new client secret. Operators put a new one in when they get it.',
    });
    this.arn = secret.attrId;
    this.denyReadingToOthers().applyRemovalPolicy(removalPolicy);
  }

  /** Exempts a role from the denial. Its own policy must still allow it to read. */
  allowReader(roleArn: string): void {
    this.readerArns.push(roleArn);
  }

  /**
   * An explicit denial, so that no other policy of the account, however wide, lets anybody else read. `aws:PrincipalArn`
   * of an assumed role is the role's ARN: IAM user guide, global condition keys. It stays with a secret that outlives the
   * stack.
   */
  private denyReadingToOthers(): CfnResourcePolicy {
    return new CfnResourcePolicy(this, 'Policy', {
      secretId: this.arn,
      blockPublicPolicy: true,
      resourcePolicy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'DenyReadingToOthers',
            effect: Effect.DENY,
            principals: [new AnyPrincipal()],
            actions: ['secretsmanager:GetSecretValue'],
            resources: ['*'],
            conditions: { ArnNotLike: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.readerArns }) } },
          }),
        ],
      }),
    });
  }
}
