import { setTimeout } from 'node:timers/promises';
import { region } from '../../local/gateway/callers.ts';
import { sendSignedBySmithy } from '../../test/support/signed-request.ts';
import type { RotatingStack } from './rotating-stack.ts';

export interface Traffic {
  readonly vends: number;
  /** What a failed vend was answered, one a failure. */
  readonly failures: readonly string[];
  /** Version of the secret → when a token of it was last vended, milliseconds since 1970. */
  readonly lastVendedAtMs: ReadonlyMap<string, number>;
  /** Takes a line of the vending function's log. */
  onVendLine(line: string): void;
  /** Starts the vends. @returns what ends them and waits for the last */
  start(stack: Pick<RotatingStack, 'endpoint' | 'caller'>, atOnce: number): () => Promise<void>;
}

const beatMs = 25;

/** Signed vends, as many at the same moment as there are instances, so that all of them serve. */
export function createTraffic(): Traffic {
  const failures: string[] = [];
  const lastVendedAtMs = new Map<string, number>();
  let vends = 0;
  let isOver = false;

  async function vendOnce({ endpoint, caller }: Pick<RotatingStack, 'endpoint' | 'caller'>): Promise<void> {
    const request = { method: 'POST', url: `${endpoint}/tokens/prove` };
    const response = await sendSignedBySmithy(request, caller, region);
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
    start(stack, atOnce) {
      const clients = Array.from({ length: atOnce }, async () => {
        while (!isOver) await Promise.all([vendOnce(stack), setTimeout(beatMs)]);
      });
      return async () => {
        isOver = true;
        await Promise.all(clients);
      };
    },
  };
}
