import { randomUUID } from 'node:crypto';
import { type AccessToken, expirySkewMs, remainingMs } from '../../../shared/exchange/access-token.ts';
import { isExchangeReason, TokenError } from '../../../shared/runtime/errors.ts';
import type { ClientCredentials } from '../../../shared/secrets/client-credentials.ts';
import type { Provider } from '../../../shared/settings/provider-settings.ts';
import { chooseBackOffMs } from '../back-off.ts';
import { minTtlCooldownMs, type Obtain, reportCooldownMs, type Wanted } from '../token-slot.ts';
import { closeEntry, type FleetKeys, fleetKeys, isAlive, isWanted, openEntry } from './fleet-entry.ts';
import { FleetVersions } from './fleet-versions.ts';
import { asOwnError, failureFor, isAhead, isFree, type Lease, leaseMs } from './lease.ts';
import type { SharedObtainDeps } from './shared-obtain.ts';
import { type StoreBudget, StoreUnavailable } from './store-access.ts';
import type { StoredEntry } from './table-items.ts';
import type { Claim, Grant, Outcome } from './token-table.ts';

const shortestWaitMs = 50;
const longestWaitMs = 250;
/** A flight lasts less than this many of the shortest waits. */
const maxLooks = 600;
/** How long a provider's tokens are taken to be such as cannot be shared. */
const unsharedMs = 300_000;

/** One try to obtain the token, and what it has found so far. */
interface Try {
  readonly deadline: () => number;
  readonly isFirstTry: boolean;
  readonly wanted: Wanted;
  readonly budget: StoreBudget;
  readonly owner: string;
  current: ClientCredentials;
  secretMs: number | undefined;
  entry: StoredEntry | undefined;
  /** The fleet's token, if it can be opened and lives. */
  found: AccessToken | undefined;
}

/** One provider's token for one scope set, as the fleet shares it. */
export class SharedToken {
  readonly #deps: SharedObtainDeps;
  readonly #provider: Provider;
  readonly #scopes: readonly string[];
  readonly #obtain: Obtain;
  readonly #keys: FleetKeys;
  readonly #versions: FleetVersions;
  #unsharedUntilMs = 0;

  constructor(deps: SharedObtainDeps, provider: Provider, scopes: readonly string[], obtain: Obtain) {
    this.#deps = deps;
    this.#provider = provider;
    this.#scopes = scopes;
    this.#obtain = obtain;
    this.#keys = fleetKeys(provider, scopes);
    this.#versions = new FleetVersions(deps.secrets, provider, deps.now);
  }

  async obtain(deadline: () => number, isFirstTry: boolean, wanted: Wanted): Promise<AccessToken> {
    const { access, now, retryAfter } = this.#deps;
    retryAfter.assertOver(this.#provider.name);
    if (access.isAvailable && now() >= this.#unsharedUntilMs) {
      try {
        const token = await this.#obtainShared(deadline, isFirstTry, wanted);
        if (token !== undefined) return token;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
      } finally {
        wanted.setWaiting(false);
      }
    }
    return this.#obtain(deadline, isFirstTry, wanted);
  }

  /** @returns undefined where this token is not shared */
  async #obtainShared(deadline: () => number, isFirstTry: boolean, wanted: Wanted): Promise<AccessToken | undefined> {
    const { access, secrets, table } = this.#deps;
    const budget = access.startBudget();
    const secretRead = secrets.read(this.#provider);
    // Whichever of the two fails first, nobody may be left to hear of the other.
    secretRead.catch(() => undefined);
    const entry = await access.ask(budget, () => table.readEntry(this.#keys.entry));
    const { credentials: current, readMs: secretMs } = await secretRead;
    const common = { deadline, isFirstTry, wanted, budget, owner: randomUUID() };
    const attempt: Try = { ...common, current, secretMs, entry, found: undefined };
    await this.#open(attempt, entry);
    if (attempt.found !== undefined && this.#isEnough(attempt, attempt.found)) return attempt.found;
    const grant = await this.#acquire(attempt);
    return grant === undefined ? this.#await(attempt) : this.#exchange(attempt, grant);
  }

  async #open(attempt: Try, entry: StoredEntry | undefined): Promise<void> {
    const { now, random } = this.#deps;
    attempt.entry = entry;
    attempt.found = undefined;
    if (entry === undefined || !isAlive(entry, now())) return;
    attempt.current = await this.#versions.current(entry.currentVersionId);
    if (entry.currentVersionId !== attempt.current.versionId) return;
    const credentials = await this.#versions.find(entry.secretVersionId, attempt.current);
    if (credentials !== undefined) attempt.found = openEntry(entry, credentials, now(), random);
  }

  #isEnough({ wanted }: Try, found: AccessToken): boolean {
    return isWanted(found, wanted, this.#deps.now());
  }

  #claim({ owner, current, entry, found, wanted }: Try, takenFromFence?: number): Claim {
    const best = found ?? wanted.held;
    const isReport = found !== undefined && found.fingerprint === wanted.rejected;
    const isForLife = !isReport && best !== undefined && remainingMs(best, this.#deps.now()) < wanted.minLifeMs;
    return {
      owner,
      nowMs: Math.floor(this.#deps.now()),
      currentVersionId: current.versionId,
      entryFence: entry?.fence ?? 0,
      takenFromFence,
      isReport,
      isForLife,
    };
  }

  #acquire(attempt: Try, takenFromFence?: number): Promise<Grant | undefined> {
    const { access, table } = this.#deps;
    const { budget, owner } = attempt;
    // Whose winning write was not answered finds its own name there.
    const recover = async (): Promise<Grant | undefined> => {
      const lease = await table.readLease(this.#keys.lease);
      return lease?.owner === owner ? { owner, fence: lease.fence, before: undefined } : undefined;
    };
    const claim = this.#claim(attempt, takenFromFence);
    return access.ask(budget, () => table.acquire(this.#keys.lease, claim), recover);
  }

  /** Another instance has the lease, or something forbids this exchange: looks until there is a token, a failure or a free lease. */
  async #await(attempt: Try): Promise<AccessToken | undefined> {
    const { access, table, now, random, sleep } = this.#deps;
    const { wanted } = attempt;
    let watched: { readonly fence: number; readonly sinceMs: number } | undefined;
    for (let looks = 0; looks < maxLooks; looks += 1) {
      // Waiting for another's exchange is no cost of the table. A look is: all of its requests share what one vend may spend.
      const look = { leftMs: attempt.budget.leftMs };
      const lease = await access.ask(look, () => table.readLease(this.#keys.lease));
      if (isAhead(lease?.unsharedUntilMs ?? 0, now())) {
        this.#unsharedUntilMs = lease?.unsharedUntilMs ?? 0;
        return undefined;
      }
      this.#assertNoFailure(attempt, lease);
      const settled = this.#settleFor(attempt, lease);
      if (settled !== undefined && settled === wanted.held) return settled;
      if (settled !== undefined) {
        // Written before the lease said so: what made an exchange forbidden may be a younger token.
        await this.#open(attempt, await access.ask(look, () => table.readEntry(this.#keys.entry)));
        return attempt.found ?? settled;
      }
      if (lease !== undefined && watched?.fence !== lease.fence) watched = { fence: lease.fence, sinceMs: now() };
      const isFrozen = watched !== undefined && now() - watched.sinceMs >= leaseMs;
      if (looks > 0 && (isFree(lease, now()) || isFrozen)) {
        const fence = isFree(lease, now()) ? undefined : lease?.fence;
        const grant = await this.#acquire({ ...attempt, budget: look }, fence);
        if (grant !== undefined) return this.#exchange(attempt, grant);
      }
      if (now() >= attempt.deadline()) break;
      wanted.setWaiting(true);
      await sleep(shortestWaitMs + (longestWaitMs - shortestWaitMs) * random());
      await this.#open(attempt, await access.ask(look, () => table.readEntry(this.#keys.entry)));
      if (attempt.found !== undefined && this.#isEnough(attempt, attempt.found)) return attempt.found;
    }
    throw new TokenError('fleet_exchange_running', { retryAfterSeconds: 1 });
  }

  #assertNoFailure({ current }: Try, lease: Lease | undefined): void {
    const { now, verdicts, retryAfter } = this.#deps;
    const failure = failureFor(lease, current.versionId, now());
    if (failure === undefined) return;
    if (failure.reason === 'credentials_refused') {
      verdicts.remember(this.#provider, this.#scopes, current.versionId, 'refused');
    }
    const leftMs = failure.untilMs - now();
    if (failure.isAskedFor) retryAfter.start(this.#provider.name, leftMs / 1000);
    throw asOwnError(failure, now());
  }

  /** What is good enough where no exchange is to be had now: the held one during a refresh, the best one for `min_ttl`. */
  #settleFor(attempt: Try, lease: Lease | undefined): AccessToken | undefined {
    const { wanted, found } = attempt;
    const nowMs = this.#deps.now();
    const { isReport, isForLife } = this.#claim(attempt);
    const { held } = wanted;
    const isHeldGood = held !== undefined && held.fingerprint !== wanted.rejected;
    if (isReport) return isAhead(lease?.reportNotBeforeMs ?? 0, nowMs) ? found : undefined;
    if (isForLife && !isAhead(lease?.minTtlNotBeforeMs ?? 0, nowMs)) return undefined;
    if (isHeldGood && (found === undefined || remainingMs(held, nowMs) >= remainingMs(found, nowMs))) return held;
    return isForLife ? found : undefined;
  }

  async #exchange(attempt: Try, grant: Grant): Promise<AccessToken> {
    const { retryAfter, now } = this.#deps;
    const { deadline, isFirstTry, wanted } = attempt;
    wanted.setWaiting(false);
    const failures = grant.before?.failures ?? 0;
    if (grant.fence - 1 !== (attempt.entry?.fence ?? 0) && (await this.#lookAgain(attempt))) {
      await this.#release(attempt, grant, { failure: undefined, failures });
      if (attempt.found !== undefined) return attempt.found;
    }
    const pauseMs = (await this.#readPause(attempt)) - now();
    if (pauseMs > 0) {
      retryAfter.start(this.#provider.name, pauseMs / 1000);
      await this.#release(attempt, grant, { failure: undefined, failures });
      retryAfter.assertOver(this.#provider.name);
    }
    let token: AccessToken;
    try {
      token = await this.#obtain(deadline, isFirstTry && failures === 0, wanted);
    } catch (error) {
      throw await this.#fail(attempt, grant, failures, error);
    }
    await this.#share(attempt, grant, token);
    const { secretMs } = attempt;
    return { ...token, obtainedIn: { ...token.obtainedIn, secretMs: token.obtainedIn.secretMs ?? secretMs } };
  }

  /** Who had the lease between the look and now may have left a token. */
  async #lookAgain(attempt: Try): Promise<boolean> {
    const { access, table } = this.#deps;
    const entry = await this.#quietly(access.ask(attempt.budget, () => table.readEntry(this.#keys.entry)));
    if (entry !== undefined) await this.#open(attempt, entry);
    return attempt.found !== undefined && this.#isEnough(attempt, attempt.found);
  }

  async #readPause({ budget }: Try): Promise<number> {
    const { access, table, now } = this.#deps;
    return (await this.#quietly(access.ask(budget, () => table.readPause(this.#keys.pause, now())))) ?? 0;
  }

  async #share(attempt: Try, grant: Grant, token: AccessToken): Promise<void> {
    const { now } = this.#deps;
    if (remainingMs(token, now()) <= expirySkewMs || token.expiresAtMs === undefined) {
      this.#unsharedUntilMs = Math.floor(now()) + unsharedMs;
      const outcome = { failure: undefined, failures: 0, unsharedUntilMs: this.#unsharedUntilMs };
      return this.#release(attempt, grant, outcome);
    }
    await this.#write(attempt, grant, token);
    await this.#release(attempt, grant, { failure: undefined, failures: 0, ...this.#cooldowns(attempt) });
  }

  async #write(attempt: Try, grant: Grant, token: AccessToken): Promise<void> {
    const { access, table, secrets } = this.#deps;
    const { credentials: current } = await secrets.read(this.#provider);
    const { found, entry, wanted } = attempt;
    const isOutlived = found !== undefined && remainingMs(found, 0) > remainingMs(token, 0);
    if (isOutlived && found.fingerprint !== wanted.rejected) return;
    // Versions have no order: only who has just read the secret knows that the entry's is outdated.
    const isForeign =
      entry !== undefined && isAlive(entry, this.#deps.now()) && entry.currentVersionId !== current.versionId;
    if (isForeign && !this.#versions.isFresh()) return;
    const credentials = await this.#versions.find(token.secretVersionId, current);
    if (credentials === undefined) return;
    const closed = closeEntry(this.#keys.entry, token, grant.fence, current.versionId, credentials);
    if (closed !== undefined) await this.#quietly(access.ask(attempt.budget, () => table.writeEntry(closed)));
  }

  /** @returns the error for this instance's callers */
  async #fail(attempt: Try, grant: Grant, failures: number, error: unknown): Promise<unknown> {
    const { access, table, now, random, secrets } = this.#deps;
    if (!(error instanceof TokenError) || !isExchangeReason(error.reason)) {
      await this.#release(attempt, grant, { failure: undefined, failures });
      return error;
    }
    const { reason, retryAfterSeconds, details } = error;
    const isAskedFor = retryAfterSeconds !== undefined;
    const backOffMs = isAskedFor ? retryAfterSeconds * 1000 : chooseBackOffMs(reason, Math.min(failures, 10), random);
    const untilMs = Math.floor(now() + backOffMs);
    const { credentials } = await secrets.read(this.#provider);
    const failure = { reason, currentVersionId: credentials.versionId, untilMs, isAskedFor };
    if (isAskedFor) {
      await this.#quietly(access.ask(attempt.budget, () => table.writePause(this.#keys.pause, untilMs, now())));
    }
    const { minTtlNotBeforeMs } = this.#cooldowns(attempt);
    await this.#release(attempt, grant, { failure, failures: failures + 1, minTtlNotBeforeMs });
    return isAskedFor ? error : new TokenError(reason, { backOffMs, details });
  }

  #cooldowns(attempt: Try): Pick<Outcome, 'reportNotBeforeMs' | 'minTtlNotBeforeMs'> {
    const nowMs = Math.floor(this.#deps.now());
    const { isReport, isForLife } = this.#claim(attempt);
    return {
      reportNotBeforeMs: isReport ? nowMs + reportCooldownMs : undefined,
      minTtlNotBeforeMs: isForLife ? nowMs + minTtlCooldownMs : undefined,
    };
  }

  async #release({ budget }: Try, grant: Grant, outcome: Outcome): Promise<void> {
    const { access, table } = this.#deps;
    await this.#quietly(access.ask(budget, () => table.release(this.#keys.lease, grant, outcome)));
  }

  /** For what a vend can do without. */
  async #quietly<Result>(asked: Promise<Result>): Promise<Result | undefined> {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return undefined;
    }
  }
}
