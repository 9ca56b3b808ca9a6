/** Counts what reaches the provider and what it answers. Times are milliseconds of any one clock. */
export class ProviderAccount {
  exchanges = 0;
  answered429 = 0;
  insideOwnRetryAfter = 0;
  /** When each instance first asked. */
  readonly firstAskedAtMs = new Map<string, number>();
  readonly #askedAtMs: number[] = [];
  readonly #waitUntilMs = new Map<string, number>();

  exchangeAsked(instance: string, atMs: number): void {
    this.exchanges += 1;
    this.#askedAtMs.push(atMs);
    if (!this.firstAskedAtMs.has(instance)) this.firstAskedAtMs.set(instance, atMs);
    if (atMs < (this.#waitUntilMs.get(instance) ?? 0)) this.insideOwnRetryAfter += 1;
  }

  /** The most exchanges in any time of this length. */
  mostWithinMs(lengthMs: number): number {
    const counts = this.#askedAtMs.map((fromMs) => this.#askedAtMs.filter((atMs) => isWithin(atMs - fromMs, lengthMs)));
    return Math.max(0, ...counts.map(({ length }) => length));
  }

  /** @param retryAfterSeconds undefined where the answer has none */
  exchangeAnswered(instance: string, status: number, retryAfterSeconds: number | undefined, atMs: number): void {
    if (status === 429) this.answered429 += 1;
    if (retryAfterSeconds !== undefined) this.#waitUntilMs.set(instance, atMs + retryAfterSeconds * 1000);
  }
}

function isWithin(sinceMs: number, lengthMs: number): boolean {
  return sinceMs >= 0 && sinceMs < lengthMs;
}
