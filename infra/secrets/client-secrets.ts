import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { RotationFunction } from '../functions/rotation-function.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { ExistingSecret } from '../settings/preset.ts';
import { ClientSecret } from './client-secret.ts';

export interface ClientSecretsProps {
  readonly environment: ParsedEnvironment;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The client secrets of all providers of an environment. Those that the stack creates share one KMS key, because the functions
 * may read all of them anyway.
 */
export class ClientSecrets extends Construct {
  /** By provider. */
  readonly created: ReadonlyMap<string, ClientSecret>;
  /** By provider: secrets that another team owns, and so also protects and rotates. */
  readonly existing: ReadonlyMap<string, ExistingSecret>;
  private readonly environmentName: string;
  private readonly removalPolicy: RemovalPolicy;
  private createdKey: Key | undefined;

  constructor(scope: Construct, id: string, { environment, removalPolicy }: ClientSecretsProps) {
    super(scope, id);
    this.environmentName = environment.name;
    this.removalPolicy = removalPolicy;
    const created = new Map<string, ClientSecret>();
    const existing = new Map<string, ExistingSecret>();
    for (const [provider, { existingSecret, settings }] of environment.providers) {
      if (existingSecret !== undefined) existing.set(provider, existingSecret);
      else {
        const readerArns = [...environment.secretAdministratorArns, executionRoleArn(this, environment)];
        const props = { name: settings.secretId, key: this.key, readerArns, removalPolicy };
        created.set(provider, new ClientSecret(this, provider, props));
      }
    }
    this.created = created;
    this.existing = existing;
  }

  /** Encrypts secrets and tokens; created for the first of them. */
  get key(): Key {
    this.createdKey ??= new Key(this, 'Key', {
      description: `Encrypts client secrets and tokens of TokenVending-${this.environmentName}`,
      enableKeyRotation: true,
      removalPolicy: this.removalPolicy,
    });
    return this.createdKey;
  }

  /** Of every provider. */
  get arns(): ReadonlyMap<string, string> {
    return new Map([...this.created, ...this.existing].map(([provider, { arn }]) => [provider, arn]));
  }

  /** Lets a function read every secret. */
  grantRead(role: IRole & IGrantable): void {
    this.grant(role, 'ReadClientSecrets', ['secretsmanager:GetSecretValue'], [...this.arns.values()]);
    this.grantDecryptExisting(role);
  }

  /**
   * Lets the rotation function read the versions of the secrets that the stack creates and move their labels, and Secrets
   * Manager call it for them. It makes no versions: the operator does, so it needs neither PutSecretValue nor a data key.
   */
  grantRotate(rotation: RotationFunction): void {
    const secrets = [...this.created.values()];
    const actions = ['DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage'];
    this.grant(
      rotation.role,
      'RotateClientSecrets',
      actions.map((action) => `secretsmanager:${action}`),
      secrets.map(({ arn }) => arn),
    );
    for (const secret of secrets) rotation.rotates(secret);
  }

  /**
   * Actions on exactly these secrets, and `Decrypt` with the stack's key, through Secrets Manager and for its secrets only.
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
   */
  private grant(role: IRole & IGrantable, sid: string, actions: string[], arns: string[]): void {
    role.addToPrincipalPolicy(new PolicyStatement({ sid, actions, resources: arns }));
    if (this.created.size === 0) return;
    for (const secret of this.created.values()) secret.allowReader(role.roleArn);
    const { partition, region, account } = Stack.of(this);
    // All secrets of this key have this prefix. Listing them again would fill the role's policy twice as fast.
    const secretArns = `arn:${partition}:secretsmanager:${region}:${account}:secret:token-vending/${this.environmentName}/*`;
    this.grantDecrypt(role, 'DecryptClientSecrets', [this.key.keyArn], [secretArns]);
  }

  private grantDecryptExisting(role: IRole & IGrantable): void {
    const withKey = [...this.existing.values()].filter(({ keyArn }) => keyArn !== undefined);
    const keyArns = [...new Set(withKey.flatMap(({ keyArn }) => keyArn ?? []))];
    if (keyArns.length === 0) return;
    const secretArns = withKey.map(({ arn }) => arn);
    this.grantDecrypt(role, 'DecryptExistingSecrets', keyArns, secretArns);
  }

  private grantDecrypt(role: IRole & IGrantable, sid: string, keyArns: string[], secretArns: string[]): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        sid,
        actions: ['kms:Decrypt'],
        resources: keyArns,
        conditions: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` },
          StringLike: { 'kms:EncryptionContext:SecretARN': secretArns },
        },
      }),
    );
  }
}

/**
 * CloudFormation's handlers of a secret read it. Anyone who can use this role can also deploy a function that reads the secrets,
 * so this grants nothing new.
 */
function executionRoleArn(scope: Construct, { executionRoleArn }: ParsedEnvironment): string {
  const { partition, account, region, synthesizer } = Stack.of(scope);
  const qualifier = synthesizer.bootstrapQualifier ?? 'hnb659fds';
  return (
    executionRoleArn ?? `arn:${partition}:iam::${account}:role/cdk-${qualifier}-cfn-exec-role-${account}-${region}`
  );
}
