import { type RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
export interface EncryptedLogsProps {
    readonly environmentName: string;
    readonly retentionDays: number;
    readonly removalPolicy: RemovalPolicy;
}
/**
 * The log groups `/token-vending/{environment}/…` and the key that encrypts them and the alarm messages. The secrets have
 * another key, which the services that write logs and messages cannot use.
 */
export declare class EncryptedLogs extends Construct {
    readonly key: Key;
    private readonly props;
    constructor(scope: Construct, id: string, props: EncryptedLogsProps);
    /** @param name `vend` (one line per vend), `rotate` (one line per step) or `access` (API Gateway's, one line per request) */
    createLogGroup(name: 'vend' | 'rotate' | 'access'): LogGroup;
}
