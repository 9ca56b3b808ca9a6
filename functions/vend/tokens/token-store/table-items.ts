import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isExchangeReason } from '../../../shared/runtime/errors.ts';
import type { FleetFailure, Lease } from './lease.ts';
import type { EntryFacts } from './sealing.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

export interface StoredEntry extends EntryFacts {
  readonly sealed: Uint8Array;
}

/** @returns undefined where something is missing or of another kind: such an entry is none */
export function parseEntry(item: Item | undefined): StoredEntry | undefined {
  if (item === undefined) return undefined;
  const [key, secretVersionId, currentVersionId, fingerprint] = [
    text(item, 'pk'),
    text(item, 'secretVersionId'),
    text(item, 'currentVersionId'),
    text(item, 'fingerprint'),
  ];
  const [sentAtMs, expiresAtMs, fence] = [number(item, 'sentAtMs'), number(item, 'expiresAtMs'), number(item, 'fence')];
  const sealed = item['sealed']?.B;
  if (key === undefined || secretVersionId === undefined || currentVersionId === undefined) return undefined;
  if (fingerprint === undefined || sealed === undefined) return undefined;
  if (sentAtMs === undefined || expiresAtMs === undefined || fence === undefined) return undefined;
  return { key, secretVersionId, currentVersionId, fingerprint, sentAtMs, expiresAtMs, fence, sealed };
}

export function entryItem(entry: StoredEntry): Record<string, AttributeValue> {
  const { key, secretVersionId, currentVersionId, fingerprint, sentAtMs, expiresAtMs, fence, sealed } = entry;
  return {
    pk: { S: key },
    secretVersionId: { S: secretVersionId },
    currentVersionId: { S: currentVersionId },
    fingerprint: { S: fingerprint },
    sentAtMs: { N: String(sentAtMs) },
    expiresAtMs: { N: String(expiresAtMs) },
    fence: { N: String(fence) },
    sealed: { B: sealed },
    ttl: { N: secondsOf(expiresAtMs) },
  };
}

/** @returns undefined where there is none, or none that can be read */
export function parseLease(item: Item | undefined): Lease | undefined {
  const fence = item === undefined ? undefined : number(item, 'fence');
  if (item === undefined || fence === undefined) return undefined;
  return {
    fence,
    owner: text(item, 'owner'),
    endsAtMs: number(item, 'endsAtMs') ?? 0,
    failure: parseFailure(item),
    failures: number(item, 'failures') ?? 0,
    unsharedUntilMs: number(item, 'unsharedUntilMs') ?? 0,
    reportNotBeforeMs: number(item, 'reportNotBeforeMs') ?? 0,
    minTtlNotBeforeMs: number(item, 'minTtlNotBeforeMs') ?? 0,
  };
}

function parseFailure(item: Item): FleetFailure | undefined {
  const reason = text(item, 'failReason');
  const currentVersionId = text(item, 'failVersionId');
  const untilMs = number(item, 'failUntilMs');
  if (!isExchangeReason(reason) || currentVersionId === undefined || untilMs === undefined) return undefined;
  return { reason, currentVersionId, untilMs, isAskedFor: item['failIsAskedFor']?.BOOL === true };
}

/** The table's TTL counts in seconds. */
export function secondsOf(milliseconds: number): string {
  return String(Math.ceil(milliseconds / 1000));
}

export function number(item: Item, name: string): number | undefined {
  const value = Number(item[name]?.N);
  return Number.isFinite(value) ? value : undefined;
}

function text(item: Item, name: string): string | undefined {
  return item[name]?.S;
}
