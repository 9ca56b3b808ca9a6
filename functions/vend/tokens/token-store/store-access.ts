import { setImmediate } from 'node:timers/promises';

export interface StoreLimits {
  /** How long the table may take to answer. */
  readonly requestMs: number;
  /** An instance's first request connects, and runs code that has never run. */
  readonly firstRequestMs: number;
  /** What a failing or slow table may cost one vend in all; the first one of an instance as much as its first request. */
  readonly vendMs: number;
}

const defaultLimits: StoreLimits = { requestMs: 150, firstRequestMs: 400, vendMs: 250 };
/** After a failure the instance goes on without the table for this long. */
const withoutTableMs = 10_000;

/** The store cannot be used now. Nobody but the vend that notices it first hears of it: it goes on without. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** What one vend may still spend on the table. */
export interface StoreBudget {
  leftMs: number;
}

export interface StoreAccessDeps {
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  /** Called with the error's name when the table is given up for a while. */
  readonly onFailure: (errorName: string) => void;
  readonly limits?: StoreLimits | undefined;
}

/** Asks the table, but never for long, and not again right after it has failed. */
export class StoreAccess {
  readonly #deps: StoreAccessDeps;
  readonly #limits: StoreLimits;
  #notBeforeMs = 0;
  #isFirst = true;

  constructor(deps: StoreAccessDeps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? defaultLimits;
  }

  get isAvailable(): boolean {
    return this.#deps.now() >= this.#notBeforeMs;
  }

  startBudget(): StoreBudget {
    return { leftMs: this.#isFirst ? this.#limits.firstRequestMs : this.#limits.vendMs };
  }

  /**
   * @param recover what else to ask where the work fails: it may have been done all the same
   * @throws StoreUnavailable
   */
  async ask<Result>(
    budget: StoreBudget,
    work: () => Promise<Result>,
    recover?: () => Promise<Result | undefined>,
  ): Promise<Result> {
    if (!this.isAvailable) throw new StoreUnavailable();
    try {
      return await this.#within(budget, work);
    } catch (error) {
      const recovered = await this.#recover(budget, error, recover);
      if (recovered !== undefined) return recovered;
      this.#giveUp(error);
      throw new StoreUnavailable();
    }
  }

  async #recover<Result>(
    budget: StoreBudget,
    error: unknown,
    recover: (() => Promise<Result | undefined>) | undefined,
  ): Promise<Result | undefined> {
    if (recover === undefined || (error as Error).name === 'AccessDeniedException') return undefined;
    return this.#within(budget, recover).catch(() => undefined);
  }

  async #within<Result>(budget: StoreBudget, work: () => Promise<Result>): Promise<Result> {
    const limitMs = Math.min(this.#isFirst ? this.#limits.firstRequestMs : this.#limits.requestMs, budget.leftMs);
    if (limitMs <= 0) throw new StoreUnavailable();
    const startedAtMs = performance.now();
    try {
      return await withinRunningMs(signedAgain(work), limitMs);
    } finally {
      this.#isFirst = false;
      // Across a freeze more may have passed, but nobody has waited for it.
      budget.leftMs -= Math.min(performance.now() - startedAtMs, limitMs);
    }
  }

  #giveUp(error: unknown): void {
    if (!this.isAvailable) return;
    this.#notBeforeMs = this.#deps.now() + withoutTableMs;
    this.#deps.onFailure(error instanceof Error ? error.name : typeof error);
  }
}

/** A request that was signed before a freeze is refused for its age: it is signed once more. */
async function signedAgain<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { name } = error as Error;
    if (name !== 'InvalidSignatureException' && name !== 'RequestTimeTooSkewed') throw error;
    return work();
  }
}

/** A timer that fires after a freeze says nothing: what has arrived meanwhile is looked at first. */
async function withinRunningMs<Result>(promise: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(async () => {
      for (let turn = 0; turn < 3; turn += 1) await setImmediate();
      reject(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
