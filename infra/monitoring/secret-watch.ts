import { Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ClientSecrets } from '../secrets/client-secrets.ts';
import type { EventLog } from './event-log.ts';

export interface SecretWatchProps {
  /** The environment whose name is in the secrets' names: of replicas, the primary. */
  readonly environmentName: string;
  readonly secrets: ClientSecrets;
  /** Whose reads are expected, or expected to be denied. */
  readonly readers: readonly IRole[];
  readonly events: EventLog;
}

/** A rule's pattern may have 2,048 characters. */
const secretsPerRule = 4;

/**
 * Records who reads a secret besides the functions, and who changes its policy or deletes it or its key, by what CloudTrail
 * reports. Needs a trail with management events in the account. Reads are reported only to a rule in this state:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class SecretWatch extends Construct {
  private readonly events: EventLog;

  constructor(scope: Construct, id: string, { environmentName, secrets, readers, events }: SecretWatchProps) {
    super(scope, id);
    this.events = events;
    const readerArns = readers.map(({ roleArn }) => roleArn);
    for (const [index, secretIds] of this.secretIds(environmentName, secrets).entries()) {
      const suffix = index === 0 ? '' : String(index + 1);
      this.recordReads(`SecretRead${suffix}`, secretIds, readerArns);
      this.recordCalls(`SecretChanged${suffix}`, 'secretsmanager', {
        eventName: ['PutResourcePolicy', 'DeleteResourcePolicy', 'DeleteSecret'],
        requestParameters: { secretId: secretIds },
      });
    }
    const keyArns = [...secrets.existing.values()].flatMap(({ keyArn }) => keyArn ?? []);
    if (secrets.created.size + secrets.replicated.size > 0) keyArns.push(secrets.key.keyArn);
    if (keyArns.length === 0) return;
    this.recordCalls('KeyChanged', 'kms', {
      eventName: ['ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy'],
      resources: { ARN: [...new Set(keyArns)] },
    });
  }

  private recordReads(id: string, secretIds: readonly object[], readerArns: readonly string[]): void {
    const by = (arn: object) => ({ userIdentity: { sessionContext: { sessionIssuer: { arn: [arn] } } } });
    this.recordCalls(
      id,
      'secretsmanager',
      {
        eventName: ['GetSecretValue'],
        requestParameters: { secretId: secretIds },
        // A user or root has no session's role.
        $or: [by({ 'anything-but': readerArns }), by({ exists: false })],
      },
      'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    );
  }

  private recordCalls(id: string, service: 'secretsmanager' | 'kms', detail: object, state = 'ENABLED'): void {
    this.events.record(id, {
      description: 'Who touched a client secret or its key',
      state,
      eventPattern: {
        source: [`aws.${service}`],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { eventSource: [`${service}.amazonaws.com`], ...detail },
      },
    });
  }

  /** What a call may name the secrets by: name, whole ARN, or ARN without its last six characters. */
  private secretIds(environmentName: string, secrets: ClientSecrets): readonly (readonly object[])[] {
    const { partition, region, account } = Stack.of(this);
    const common = `token-vending/${environmentName}/`;
    const created = [common, `arn:${partition}:secretsmanager:${region}:${account}:secret:${common}`];
    const existing = [...secrets.existing.values()].map(({ arn }) => {
      const partial = arn.replace(/-[A-Za-z0-9]{6}$/, '');
      return [partial, partial.replace(/^.*:secret:/, '')];
    });
    const all = [...(secrets.created.size + secrets.replicated.size === 0 ? [] : [created]), ...existing];
    const rules = Array.from({ length: Math.ceil(all.length / secretsPerRule) }, (_, index) =>
      all.slice(index * secretsPerRule, (index + 1) * secretsPerRule),
    );
    return rules.map((names) => names.flat().map((prefix) => ({ prefix })));
  }
}
