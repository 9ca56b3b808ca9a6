import { Lazy, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnResourcePolicy, CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ExistingSecret } from '../settings/providers.ts';

/**
 * What a new secret holds until somebody fills it: the shape to fill in, and nothing that could be taken for
 * credentials. The functions know it and log `secret_not_filled_in`. **Never change it**: CloudFormation writes a
 * changed value into every secret that exists, over the real one.
 */
export const secretPlaceholder = '{"client_id":"","client_secret":""}';

export interface ClientSecretProps {
  readonly name: string;
  readonly key: IKey;
  /** Who may read it besides the functions. */
  readonly administratorArns: readonly string[];
  readonly removalPolicy: RemovalPolicy;
  /** Used instead of creating one. Its resource policy is its keeper's affair. */
  readonly existing: ExistingSecret | undefined;
}

/** The client credentials of one provider. */
export class ClientSecret extends Construct {
  readonly arn: string;
  /** Of the customer-managed key that encrypts it; undefined where that is the account's `aws/secretsmanager` key. */
  readonly keyArn: string | undefined;
  /** Whether somebody else keeps it, and so decides how it is rotated. */
  readonly isExisting: boolean;
  private readonly readerArns: string[] = [];

  constructor(scope: Construct, id: string, props: ClientSecretProps) {
    super(scope, id);
    this.isExisting = props.existing !== undefined;
    if (props.existing !== undefined) {
      this.arn = props.existing.arn;
      this.keyArn = props.existing.keyArn;
      return;
    }
    const secret = new CfnSecret(this, 'Secret', {
      name: props.name,
      description: 'OAuth client credentials: {"client_id": "…", "client_secret": "…"}',
      kmsKeyId: props.key.keyArn,
      secretString: secretPlaceholder,
    });
    secret.applyRemovalPolicy(props.removalPolicy);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A schedule cannot rotate it: the providers have no API that makes a new client secret. Operators put a new one in when they get it.',
    });
    this.arn = secret.attrId;
    this.keyArn = props.key.keyArn;
    this.denyReadingToOthers(props.administratorArns);
  }

  /** Excepts a role from the denial. Its own policy must allow it to read all the same. */
  allowReader(roleArn: string): void {
    this.readerArns.push(roleArn);
  }

  /** The service through which alone its key may be used. */
  get viaService(): string {
    return `secretsmanager.${Stack.of(this).region}.amazonaws.com`;
  }

  /**
   * An explicit denial, so that no other policy of the account, however wide, can let anybody else read. `aws:PrincipalArn`
   * of an assumed role is the role's ARN: IAM user guide, global condition keys.
   */
  private denyReadingToOthers(administratorArns: readonly string[]): void {
    const readers = Lazy.list({ produce: () => [...this.readerArns, ...administratorArns] });
    new CfnResourcePolicy(this, 'Policy', {
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
            conditions: { ArnNotLike: { 'aws:PrincipalArn': readers } },
          }),
        ],
      }),
    });
  }
}
