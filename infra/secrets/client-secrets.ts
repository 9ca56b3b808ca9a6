import { RemovalPolicy } from 'aws-cdk-lib';
import { type IGrantable, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { RotationFunction } from '../functions/rotation-function.ts';
import { secretName } from '../settings/names.ts';
import type { ParsedEnvironment } from '../settings/parse-environments.ts';
import { ClientSecret } from './client-secret.ts';

export interface ClientSecretsProps {
  readonly environment: ParsedEnvironment;
}

/**
 * The client secrets of all providers of an environment, and the KMS key that encrypts those which the stack creates.
 * One key an environment: whoever may read one of its secrets through the functions may read them all anyway.
 */
export class ClientSecrets extends Construct {
  readonly key: Key;
  readonly byProvider: ReadonlyMap<string, ClientSecret>;

  constructor(scope: Construct, id: string, { environment }: ClientSecretsProps) {
    super(scope, id);
    const removalPolicy = environment.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.key = new Key(this, 'Key', {
      description: `Encrypts the client secrets of TokenVending-${environment.name}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    const entries = [...environment.providers].map(([provider, { existingSecret }]): [string, ClientSecret] => {
      const props = {
        name: secretName(environment.name, provider),
        key: this.key,
        administratorArns: environment.secretAdministratorArns,
        removalPolicy,
        existing: existingSecret,
      };
      return [provider, new ClientSecret(this, provider, props)];
    });
    this.byProvider = new Map(entries);
  }

  /** Lets a function read the secrets. */
  grantRead(role: IRole & IGrantable): void {
    this.grant(role, 'ReadClientSecrets', ['secretsmanager:GetSecretValue']);
  }

  /**
   * Lets the rotation function read the secrets' versions and move their labels, and Secrets Manager call it for those
   * which the stack creates. It makes no versions: the operator does, so it needs neither PutSecretValue nor a data key.
   */
  grantRotate(rotation: RotationFunction): void {
    this.grant(rotation.role, 'RotateClientSecrets', [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
    for (const secret of this.byProvider.values()) if (!secret.isExisting) rotation.rotates(secret);
  }

  /**
   * Actions on exactly these secrets, and `Decrypt` with exactly their keys, through Secrets Manager and for these secrets
   * only. https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
   */
  private grant(role: IRole & IGrantable, sid: string, actions: string[]): void {
    const secrets = [...this.byProvider.values()];
    for (const secret of secrets) secret.allowReader(role.roleArn);
    const secretArns = secrets.map((secret) => secret.arn);
    role.addToPrincipalPolicy(new PolicyStatement({ sid, actions, resources: secretArns }));
    const keyArns = [...new Set(secrets.flatMap((secret) => secret.keyArn ?? []))];
    if (keyArns.length === 0) return;
    role.addToPrincipalPolicy(
      new PolicyStatement({
        sid: 'DecryptClientSecrets',
        actions: ['kms:Decrypt'],
        resources: keyArns,
        conditions: {
          StringEquals: {
            'kms:ViaService': secrets[0]?.viaService,
            'kms:EncryptionContext:SecretARN': secretArns,
          },
        },
      }),
    );
  }
}
