import { setTimeout } from 'node:timers/promises';
import { signVend, type VendTarget } from '../signed-vend.ts';

const beatMs = 25;

/** Signed vends, as many at the same moment as there are instances, so that all instances serve. */
export class ConstantTraffic {
  readonly #failures: string[] = [];
  readonly #lastVendedAtMs = new Map<string, number>();
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

  /** Reads a line of the vending function's log. */
  readLine(line: string): void {
    const { message, secretVersion, status } = JSON.parse(line) as Record<string, unknown>;
    if (message === 'vend' && status === 200) this.#lastVendedAtMs.set(String(secretVersion), Date.now());
  }

  /** Starts the vends. @returns a function that ends them and waits for the last */
  start(target: VendTarget, atOnce: number): () => Promise<void> {
    const clients = Array.from({ length: atOnce }, () => this.#runClient(target));
    return async () => {
      this.#isOver = true;
      await Promise.all(clients);
    };
  }

  async #runClient(target: VendTarget): Promise<void> {
    while (!this.#isOver) await Promise.all([this.#vendOnce(target), setTimeout(beatMs)]);
  }

  async #vendOnce(target: VendTarget): Promise<void> {
    const response = await fetch(await signVend(target));
    const body = (await response.json()) as { error?: string };
    this.#vends += 1;
    if (response.status !== 200) this.#failures.push(`${response.status} ${body.error}`);
  }
}
