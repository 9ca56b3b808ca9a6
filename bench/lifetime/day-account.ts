export interface DayCounts {
  readonly vends: number;
  readonly failedVends: number;
  /** Vends of a token that had expired or was never issued. */
  readonly expiredVends: number;
  readonly exchanges: number;
  readonly secretReads: number;
  /** Requests to the table of the token store: strongly consistent reads, and writes. */
  readonly tableReads?: number;
  readonly tableWrites?: number;
  /** Write units that these writes take: one for each KiB begun. */
  readonly tableWriteUnits?: number;
  /** What was left of the shortest-lived token at the time of its vend; undefined without any. */
  readonly shortestLifeMs: number | undefined;
}

/** Counts what happens in a day. Times are the jumping clock's. */
export class DayAccount {
  #vends = 0;
  #failedVends = 0;
  #expiredVends = 0;
  #exchanges = 0;
  #secretReads = 0;
  #tableReads = 0;
  #tableWrites = 0;
  #tableWriteUnits = 0;
  #shortestLifeMs: number | undefined;
  readonly #lifetimeMs: number;
  readonly #expiresAtMsOf = new Map<string, number>();

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  get counts(): DayCounts {
    return {
      vends: this.#vends,
      failedVends: this.#failedVends,
      expiredVends: this.#expiredVends,
      exchanges: this.#exchanges,
      secretReads: this.#secretReads,
      tableReads: this.#tableReads,
      tableWrites: this.#tableWrites,
      tableWriteUnits: this.#tableWriteUnits,
      shortestLifeMs: this.#shortestLifeMs,
    };
  }

  exchangeAsked(): void {
    this.#exchanges += 1;
  }

  tokenIssued(token: string, atMs: number): void {
    this.#expiresAtMsOf.set(token, atMs + this.#lifetimeMs);
  }

  secretRead(): void {
    this.#secretReads += 1;
  }

  /** @param bytes of the request, which is larger than the item that it writes */
  tableAsked(operation: string, bytes: number): void {
    if (operation.endsWith('.GetItem')) {
      this.#tableReads += 1;
      return;
    }
    this.#tableWrites += 1;
    this.#tableWriteUnits += Math.ceil(bytes / 1024);
  }

  /** @param token undefined for an answer without one */
  vendAnswered(token: string | undefined, atMs: number): void {
    this.#vends += 1;
    if (token === undefined) {
      this.#failedVends += 1;
      return;
    }
    const lifeMs = (this.#expiresAtMsOf.get(token) ?? 0) - atMs;
    if (lifeMs <= 0) this.#expiredVends += 1;
    this.#shortestLifeMs = Math.min(this.#shortestLifeMs ?? lifeMs, lifeMs);
  }
}
