import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { RotationFunction } from '../functions/rotation-function.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import type { ExistingSecret } from '../settings/preset.ts';
import { ClientSecret } from './client-secret.ts';
import { replicaArnPattern, replicaKeyAlias, replicaRoleArn } from './replicas.ts';

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
  /** By provider: ARN patterns of the replicas of another environment's secrets. */
  readonly replicated: ReadonlyMap<string, string>;
  private readonly environment: ParsedEnvironment;
  private readonly removalPolicy: RemovalPolicy;
  private usedKey: IKey | undefined;

  constructor(scope: Construct, id: string, { environment, removalPolicy }: ClientSecretsProps) {
    super(scope, id);
    this.environment = environment;
    this.removalPolicy = removalPolicy;
    const created = new Map<string, ClientSecret>();
    const existing = new Map<string, ExistingSecret>();
    const replicated = new Map<string, string>();
    for (const [provider, { existingSecret, settings }] of environment.providers) {
      if (existingSecret !== undefined) existing.set(provider, existingSecret);
      else if (environment.replicaOf !== undefined)
        replicated.set(provider, replicaArnPattern(this, settings.secretId));
      else created.set(provider, this.createSecret(provider, settings.secretId));
    }
    this.created = created;
    this.existing = existing;
    this.replicated = replicated;
    // The primary's secrets cannot be replicated before their key is there.
    if (environment.replicaOf !== undefined) this.key.addAlias(replicaKeyAlias(environment.replicaOf));
  }

  private createSecret(provider: string, name: string): ClientSecret {
    const { key, removalPolicy } = this;
    const { name: primary, replicaRegions, secretAdministratorArns } = this.environment;
    const readerArns = [
      ...secretAdministratorArns,
      executionRoleArn(this, this.environment),
      ...replicaRegions.map((region) => replicaRoleArn(this, primary, region)),
    ];
    const replicas = { replicaRegions, replicaKeyAlias: replicaKeyAlias(primary) };
    return new ClientSecret(this, provider, { name, key, readerArns, removalPolicy, ...replicas });
  }

  /** Encrypts secrets and tokens; created for the first of them, unless the settings name one. */
  get key(): IKey {
    const ownKeyArn = this.environment.kmsKeys.secretsArn;
    this.usedKey ??= ownKeyArn === undefined ? this.createKey() : Key.fromKeyArn(this, 'Key', ownKeyArn);
    return this.usedKey;
  }

  private createKey(): IKey {
    return new Key(this, 'Key', {
      description: `Encrypts client secrets and tokens of TokenVending-${this.environment.name}`,
      enableKeyRotation: true,
      removalPolicy: this.removalPolicy,
    });
  }

  /** Of every provider whose secret's ARN is known. */
  get arns(): ReadonlyMap<string, string> {
    return new Map([...this.created, ...this.existing].map(([provider, { arn }]) => [provider, arn]));
  }

  /** Of every secret, as a policy names it. */
  get policyArns(): readonly string[] {
    return [...this.arns.values(), ...this.replicated.values()];
  }

  /** Lets a function read every secret. */
  grantRead(role: IRole & IGrantable): void {
    this.grant(role, 'ReadClientSecrets', ['secretsmanager:GetSecretValue'], [...this.policyArns]);
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
    if (this.created.size + this.replicated.size === 0) return;
    for (const secret of this.created.values()) secret.allowReader(role.roleArn);
    const { name, replicaOf } = this.environment;
    const { partition, region, account } = Stack.of(this);
    // All secrets of this key have this prefix. Listing them again would fill the role's policy twice as fast.
    const secretArns = `arn:${partition}:secretsmanager:${region}:${account}:secret:token-vending/${replicaOf ?? name}/*`;
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
