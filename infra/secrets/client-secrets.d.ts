import { type RemovalPolicy } from 'aws-cdk-lib';
import { type IGrantable, type IRole } from 'aws-cdk-lib/aws-iam';
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
export declare class ClientSecrets extends Construct {
    /** By provider. */
    readonly created: ReadonlyMap<string, ClientSecret>;
    /** By provider: secrets that another team owns, and so also protects and rotates. */
    readonly existing: ReadonlyMap<string, ExistingSecret>;
    private readonly environmentName;
    private readonly removalPolicy;
    private createdKey;
    constructor(scope: Construct, id: string, { environment, removalPolicy }: ClientSecretsProps);
    /** Encrypts secrets and tokens; created for the first of them. */
    get key(): Key;
    /** Of every provider. */
    get arns(): ReadonlyMap<string, string>;
    /** Lets a function read every secret. */
    grantRead(role: IRole & IGrantable): void;
    /**
     * Lets the rotation function read the versions of the secrets that the stack creates and move their labels, and Secrets
     * Manager call it for them. It makes no versions: the operator does, so it needs neither PutSecretValue nor a data key.
     */
    grantRotate(rotation: RotationFunction): void;
    /**
     * Actions on exactly these secrets, and `Decrypt` with the stack's key, through Secrets Manager and for its secrets only.
     * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
     */
    private grant;
    private grantDecryptExisting;
    private grantDecrypt;
}
