import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { clockToleranceMs, type FleetFailure, isAhead, type Lease, leaseMs, longestBelievedMs } from './lease.ts';
import { entryItem, type Item, number, parseEntry, parseLease, type StoredEntry, secondsOf } from './table-items.ts';

/** Longer than any token lives, so that an entry never has a higher fence than its lease. */
const leaseTtlMs = 40 * 86_400_000;

/** What an instance wants the lease for. */
export interface Claim {
  /** Random, and new for each try. */
  readonly owner: string;
  readonly nowMs: number;
  /** The AWSCURRENT version that the instance holds: a failure of another one does not stop it. */
  readonly currentVersionId: string;
  /** Of the entry that was found, or 0: where there is no lease, its fence begins above. */
  readonly entryFence: number;
  /** The lease with this fence has not changed for too long: it is taken from its owner. */
  readonly takenFromFence?: number | undefined;
  readonly isReport: boolean;
  readonly isForLife: boolean;
}

/** A lease that one has. */
export interface Grant {
  readonly owner: string;
  readonly fence: number;
  /** What it was before. */
  readonly before: Lease | undefined;
}

/** What becomes of a lease whose exchange is over. */
export interface Outcome {
  /** Undefined: it did not fail. */
  readonly failure: FleetFailure | undefined;
  readonly failures: number;
  readonly unsharedUntilMs?: number | undefined;
  readonly reportNotBeforeMs?: number | undefined;
  readonly minTtlNotBeforeMs?: number | undefined;
}

/** Until when a provider is to be left alone. */
export type Pause = number;

/**
 * The operations on the fleet's table: single items, strongly consistent, no scan. Each throws what the AWS SDK throws. That
 * a condition does not hold is no error.
 */
export class TokenTable {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #table: string;

  constructor(client: Pick<DynamoDBClient, 'send'>, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async readEntry(key: string): Promise<StoredEntry | undefined> {
    return parseEntry(await this.#get(key));
  }

  /** Only over an entry of an older fence: a holder that was frozen past its lease overwrites nothing newer. */
  writeEntry(entry: StoredEntry): Promise<boolean> {
    return this.#ifHolds(
      new PutItemCommand({
        TableName: this.#table,
        Item: entryItem(entry),
        ConditionExpression: 'attribute_not_exists(pk) OR #fence < :fence',
        ExpressionAttributeNames: { '#fence': 'fence' },
        ExpressionAttributeValues: { ':fence': { N: String(entry.fence) } },
      }),
    ).then((answer) => answer !== undefined);
  }

  async readLease(key: string): Promise<Lease | undefined> {
    return parseLease(await this.#get(key));
  }

  /** @returns undefined where another has it, or something that the lease says forbids this exchange */
  async acquire(key: string, claim: Claim): Promise<Grant | undefined> {
    const { owner } = claim;
    const answer = await this.#ifHolds(acquireCommand(this.#table, key, claim));
    if (answer === undefined) return undefined;
    const before = parseLease(answer.Attributes);
    return { owner, before, fence: (before?.fence ?? claim.entryFence) + 1 };
  }

  /** Only one's own: who was too slow does not give another's away. */
  async release(key: string, { owner, fence }: Pick<Grant, 'owner' | 'fence'>, outcome: Outcome): Promise<boolean> {
    const { values, set, remove } = describeOutcome(outcome);
    const answer = await this.#ifHolds(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { pk: { S: key } },
        UpdateExpression: `SET ${set.join(', ')} REMOVE ${['#owner', 'endsAtMs', ...remove].join(', ')}`,
        ConditionExpression: '#owner = :owner AND fence = :fence',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ...values, ':owner': { S: owner }, ':fence': { N: String(fence) } },
      }),
    );
    return answer !== undefined;
  }

  async readPause(key: string, nowMs: number): Promise<Pause | undefined> {
    const item = await this.#get(key);
    const untilMs = item === undefined ? undefined : number(item, 'untilMs');
    return untilMs !== undefined && isAhead(untilMs, nowMs) ? untilMs : undefined;
  }

  /** The later of two pauses stays. */
  async writePause(key: string, untilMs: number, nowMs: number): Promise<void> {
    await this.#ifHolds(
      new PutItemCommand({
        TableName: this.#table,
        Item: { pk: { S: key }, untilMs: { N: String(untilMs) }, ttl: { N: secondsOf(untilMs) } },
        ConditionExpression: 'attribute_not_exists(pk) OR untilMs < :until OR untilMs > :unbelievable',
        ExpressionAttributeValues: {
          ':until': { N: String(untilMs) },
          ':unbelievable': { N: String(nowMs + longestBelievedMs) },
        },
      }),
    );
  }

  async #get(key: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: { pk: { S: key } }, ConsistentRead: true });
    return (await this.#client.send(command)).Item;
  }

  /** @returns undefined where the command's condition does not hold */
  async #ifHolds(command: PutItemCommand | UpdateItemCommand): Promise<{ Attributes?: Item | undefined } | undefined> {
    try {
      // One signature for the two commands, which `send` overloads.
      return await this.#client.send(command as UpdateItemCommand);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

function acquireCommand(table: string, key: string, claim: Claim): UpdateItemCommand {
  const { owner, nowMs, currentVersionId, entryFence, takenFromFence, isReport, isForLife } = claim;
  const isOver = (name: string) => `(attribute_not_exists(${name}) OR ${name} <= :now OR ${name} > :unbelievable)`;
  const isFree =
    takenFromFence === undefined ? '(attribute_not_exists(#owner) OR endsAtMs < :abandoned)' : 'fence = :seen';
  const conditions = [
    isFree,
    `(${isOver('failUntilMs')} OR failVersionId <> :version)`,
    isOver('unsharedUntilMs'),
    ...(isReport ? [isOver('reportNotBeforeMs')] : []),
    ...(isForLife ? [isOver('minTtlNotBeforeMs')] : []),
  ];
  const times: Record<string, number> = {
    ':now': nowMs,
    ':unbelievable': nowMs + longestBelievedMs,
    ':end': nowMs + leaseMs,
    ':base': entryFence,
    ':one': 1,
    ...(takenFromFence === undefined ? { ':abandoned': nowMs - clockToleranceMs } : { ':seen': takenFromFence }),
  };
  return new UpdateItemCommand({
    TableName: table,
    Key: { pk: { S: key } },
    UpdateExpression: 'SET #owner = :owner, endsAtMs = :end, fence = if_not_exists(fence, :base) + :one, #ttl = :ttl',
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: { '#owner': 'owner', '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':version': { S: currentVersionId },
      ':ttl': { N: secondsOf(nowMs + leaseTtlMs) },
      ...numbers(times),
    },
    ReturnValues: 'ALL_OLD',
  });
}

interface Changes {
  readonly set: readonly string[];
  readonly remove: readonly string[];
  readonly values: Readonly<Record<string, AttributeValue>>;
}

function describeOutcome(outcome: Outcome): Changes {
  const { failure, failures } = outcome;
  const times = {
    unsharedUntilMs: outcome.unsharedUntilMs,
    reportNotBeforeMs: outcome.reportNotBeforeMs,
    minTtlNotBeforeMs: outcome.minTtlNotBeforeMs,
  };
  const changes: Record<string, AttributeValue> = { failures: { N: String(failures) } };
  for (const [name, time] of Object.entries(times)) if (time !== undefined) changes[name] = { N: String(time) };
  if (failure !== undefined) {
    changes['failReason'] = { S: failure.reason };
    changes['failVersionId'] = { S: failure.currentVersionId };
    changes['failUntilMs'] = { N: String(failure.untilMs) };
    changes['failIsAskedFor'] = { BOOL: failure.isAskedFor };
  }
  const names = Object.keys(changes);
  return {
    set: names.map((name) => `${name} = :${name}`),
    remove: failure === undefined ? ['failReason', 'failVersionId', 'failUntilMs', 'failIsAskedFor'] : [],
    values: Object.fromEntries(Object.entries(changes).map(([name, value]) => [`:${name}`, value])),
  };
}

function numbers(values: Readonly<Record<string, number>>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { N: String(value) }]));
}
