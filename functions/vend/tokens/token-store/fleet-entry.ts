import { createHash } from 'node:crypto';
import { type AccessToken, expirySkewMs, remainingMs } from '../../../shared/exchange/access-token.ts';
import type { ClientCredentials } from '../../../shared/secrets/client-credentials.ts';
import type { Provider } from '../../../shared/settings/provider-settings.ts';
import type { Wanted } from '../token-slot.ts';
import { seal, unseal } from './sealing.ts';
import type { StoredEntry } from './table-items.ts';

/** The items of one token in the table, and of its provider. */
export interface FleetKeys {
  readonly entry: string;
  readonly lease: string;
  readonly pause: string;
}

/** Everything that changes the answer is part of the key, so that instances with other settings have other items. */
export function fleetKeys(provider: Provider, scopes: readonly string[]): FleetKeys {
  const hash = createHash('sha256').update(canonicalJson({ provider, scopes })).digest('hex');
  return {
    entry: `entry#${provider.name}#${hash}`,
    lease: `lease#${provider.name}#${hash}`,
    pause: `pause#${provider.name}`,
  };
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Undefined for a token whose expiry is not known. */
export function closeEntry(
  key: string,
  token: AccessToken,
  fence: number,
  currentVersionId: string,
  credentials: ClientCredentials,
): StoredEntry | undefined {
  if (token.expiresAtMs === undefined || token.sentAtMs === undefined) return undefined;
  const { value, scope, exposed, fingerprint, secretVersionId } = token;
  const [sentAtMs, expiresAtMs] = [Math.floor(token.sentAtMs), Math.floor(token.expiresAtMs)];
  const facts = { key, secretVersionId, currentVersionId, sentAtMs, expiresAtMs, fence, fingerprint };
  return { ...facts, sealed: seal({ value, scope, exposed }, facts, credentials) };
}

/** The token of an entry, with a refresh point of this instance's own. Undefined where it cannot be opened. */
export function openEntry(
  entry: StoredEntry,
  credentials: ClientCredentials,
  nowMs: number,
  random: () => number,
): AccessToken | undefined {
  const content = unseal(entry.sealed, entry, credentials);
  if (content === undefined) return undefined;
  const { sentAtMs, expiresAtMs, fingerprint, secretVersionId } = entry;
  const lifetimeMs = expiresAtMs - sentAtMs;
  // Later than 75 %: the earliest of many instances exchanges for all, which would be at 75 % of nearly every lifetime.
  const fromMs = Math.max(nowMs, sentAtMs + 0.8 * lifetimeMs);
  const refreshAtMs = fromMs + Math.max(0, sentAtMs + 0.9 * lifetimeMs - fromMs) * random();
  const obtainedIn = { secretMs: undefined, exchangeMs: 0 };
  return {
    ...content,
    fingerprint,
    sentAtMs,
    expiresAtMs,
    refreshAtMs,
    secretVersionId,
    obtainedIn,
    sharedLifetimeMs: lifetimeMs,
  };
}

/** Whether the fleet's token spares this instance an exchange. */
export function isWanted(token: AccessToken, { held, rejected, minLifeMs }: Wanted, nowMs: number): boolean {
  if (token.fingerprint === rejected) return false;
  const isHeldRejected = held !== undefined && held.fingerprint === rejected;
  const isYounger = held === undefined || isHeldRejected || remainingMs(token, nowMs) > remainingMs(held, nowMs);
  return isYounger && lastsFor(token, minLifeMs, nowMs);
}

/** Whether it has the life that is asked for, or as much as any has when it is new. */
function lastsFor(token: AccessToken, minLifeMs: number, nowMs: number): boolean {
  return remainingMs(token, nowMs) >= minLifeMs || (token.sharedLifetimeMs ?? 0) <= minLifeMs;
}

/** Whether there is enough life left to be answered. */
export function isAlive(entry: Pick<StoredEntry, 'expiresAtMs'>, nowMs: number): boolean {
  return entry.expiresAtMs - nowMs > expirySkewMs;
}
