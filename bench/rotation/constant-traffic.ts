import { setTimeout } from 'node:timers/promises';
import { signVend, type VendTarget } from '../signed-vend.ts';

export interface Traffic {
  readonly vends: number;
  /** The answer of each failed vend. */
  readonly failures: readonly string[];
  /** Version of the secret → when a token obtained with it was last vended, milliseconds since 1970. */
  readonly lastVendedAtMs: ReadonlyMap<string, number>;
  /** Reads a line of the vending function's log. */
  onVendLine(line: string): void;
  /** Starts the vends. @returns a function that ends them and waits for the last */
  start(target: VendTarget, atOnce: number): () => Promise<void>;
}

const beatMs = 25;

/** Signed vends, as many at the same moment as there are instances, so that all instances serve. */
export function createTraffic(): Traffic {
  const failures: string[] = [];
  const lastVendedAtMs = new Map<string, number>();
  let vends = 0;
  let isOver = false;

  async function vendOnce(target: VendTarget): Promise<void> {
    const response = await fetch(await signVend(target));
    const body = (await response.json()) as { error?: string };
    vends += 1;
    if (response.status !== 200) failures.push(`${response.status} ${body.error}`);
  }

  return {
    get vends() {
      return vends;
    },
    failures,
    lastVendedAtMs,
    onVendLine(line) {
      const { message, secretVersion, status } = JSON.parse(line) as Record<string, unknown>;
      if (message === 'vend' && status === 200) lastVendedAtMs.set(String(secretVersion), Date.now());
    },
    start(target, atOnce) {
      const clients = Array.from({ length: atOnce }, async () => {
        while (!isOver) await Promise.all([vendOnce(target), setTimeout(beatMs)]);
      });
      return async () => {
        isOver = true;
        await Promise.all(clients);
      };
    },
  };
}
