import { type RemovalPolicy } from 'aws-cdk-lib';
import { type IGrantable, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
export interface TokenTableProps {
    readonly name: string;
    readonly key: IKey;
    readonly removalPolicy: RemovalPolicy;
    /** The only role that may use the items. */
    readonly user: IRole & IGrantable;
}
/** What the token store does, one item at a time. */
export declare const itemActions: string[];
/**
 * The table through which the instances of an environment share tokens. The function seals the items, and they live as long as
 * a token, so there is nothing to stream, back up or scan.
 */
export declare class TokenTable extends Construct {
    constructor(scope: Construct, id: string, { name, key, removalPolicy, user }: TokenTableProps);
    /**
     * Items of this table only, and its key through DynamoDB only.
     * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
     */
    private grantItems;
}
