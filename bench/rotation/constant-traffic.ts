import { setTimeout } from 'node:timers/promises';
import { signVend, type VendTarget } from '../signed-vend.ts';

/** Of each client; more clients ask less often, so that all together ask as often. */
const beatMsPerClient = 6;
const shortestBeatMs = 25;

/** Signed vends, as many at the same moment as there are instances, so that all instances serve. */
export class ConstantTraffic {
  readonly #failures: string[] = [];
  readonly #lastVendedAtMs = new Map<string, number>();
  readonly #exchangedAtMs = new Map<string, number[]>();
  #vends = 0;
  #isOver = false;

  get vends(): number {
    return this.#vends;
  }

  /** The answer of each failed vend. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Version of the secret → when a token obtained with it was last vended, milliseconds since 1970. */
  get lastVendedAtMs(): ReadonlyMap<string, number> {
    return this.#lastVendedAtMs;
  }

  /** Version of the secret → when an exchange with it gave a token, milliseconds since 1970. */
  get exchangedAtMs(): ReadonlyMap<string, readonly number[]> {
    return this.#exchangedAtMs;
  }

  /** How many vends could not use the token store. */
  storeFailures = 0;

  /** Reads a line of the vending function's log. */
  readLine(line: string): void {
    const { message, secretVersion, status, outcome } = JSON.parse(line) as Record<string, unknown>;
    if (message === 'token-store-failed') this.storeFailures += 1;
    if (message === 'exchange' && outcome === 'token') {
      const version = String(secretVersion);
      this.#exchangedAtMs.set(version, [...(this.#exchangedAtMs.get(version) ?? []), Date.now()]);
    }
    if (message === 'vend' && status === 200) this.#lastVendedAtMs.set(String(secretVersion), Date.now());
  }

  /** Starts the vends. @returns a function that ends them and waits for the last */
  start(target: VendTarget, atOnce: number): () => Promise<void> {
    const beatMs = Math.max(shortestBeatMs, atOnce * beatMsPerClient);
    const clients = Array.from({ length: atOnce }, () => this.#runClient(target, beatMs));
    return async () => {
      this.#isOver = true;
      await Promise.all(clients);
    };
  }

  async #runClient(target: VendTarget, beatMs: number): Promise<void> {
    while (!this.#isOver) await Promise.all([this.#vendOnce(target), setTimeout(beatMs)]);
  }

  async #vendOnce(target: VendTarget): Promise<void> {
    const response = await fetch(await signVend(target));
    const body = (await response.json()) as { error?: string };
    this.#vends += 1;
    if (response.status !== 200) this.#failures.push(`${response.status} ${body.error}`);
  }
}
