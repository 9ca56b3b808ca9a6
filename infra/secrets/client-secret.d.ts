import { type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
/**
 * The content of a new secret until an operator fills it: the fields, without anything that looks like credentials. The
 * functions recognize it and log `secret_not_filled_in`. **Never change it**: CloudFormation would overwrite the real content
 * of every existing secret with the new value.
 */
export declare const secretPlaceholder = "{\"client_id\":\"\",\"client_secret\":\"\"}";
export interface ClientSecretProps {
    readonly name: string;
    readonly key: IKey;
    /** Who may read it besides the functions. */
    readonly readerArns: readonly string[];
    readonly removalPolicy: RemovalPolicy;
}
/** The client credentials of one provider, in a secret that the stack creates. */
export declare class ClientSecret extends Construct {
    readonly arn: string;
    private readonly readerArns;
    constructor(scope: Construct, id: string, { name, key, readerArns, removalPolicy }: ClientSecretProps);
    /** Exempts a role from the denial. Its own policy must still allow it to read. */
    allowReader(roleArn: string): void;
    /**
     * An explicit denial, so that no other policy of the account, however wide, lets anybody else read. `aws:PrincipalArn`
     * of an assumed role is the role's ARN: IAM user guide, global condition keys. It stays with a secret that outlives the
     * stack.
     */
    private denyReadingToOthers;
}
