import type { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { OperationsKey } from '../secrets/operations-key.ts';

export interface EncryptedLogsProps {
  readonly environmentName: string;
  readonly retentionDays: number;
  readonly removalPolicy: RemovalPolicy;
}

/** The log groups `/token-vending/{environment}/…` and their key. */
export class EncryptedLogs extends Construct {
  readonly key: OperationsKey;
  /** The function's: a line a vend. */
  readonly vend: LogGroup;
  /** The rotation function's: a line a step. */
  readonly rotate: LogGroup;
  /** API Gateway's: a line a request. */
  readonly access: LogGroup;

  constructor(scope: Construct, id: string, { environmentName, retentionDays, removalPolicy }: EncryptedLogsProps) {
    super(scope, id);
    const prefix = `/token-vending/${environmentName}`;
    this.key = new OperationsKey(this, 'Key', { environmentName, logGroupNames: `${prefix}/*`, removalPolicy });
    const createLogGroup = (name: string): LogGroup =>
      new LogGroup(this, name, {
        logGroupName: `${prefix}/${name}`,
        encryptionKey: this.key,
        retention: retentionDays satisfies RetentionDays,
        removalPolicy,
      });
    this.vend = createLogGroup('vend');
    this.rotate = createLogGroup('rotate');
    this.access = createLogGroup('access');
  }
}
