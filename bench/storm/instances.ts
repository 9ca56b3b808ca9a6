import { fork } from 'node:child_process';
import { join } from 'node:path';
import { nextMessage } from '../child-process.ts';
import type { Environment } from '../instance-copies.ts';
import type { ScaledClock } from '../scaled-clock.ts';
import type { CallerOutcome } from './caller.ts';
import type { LoadOrder, StartOrder } from './instances-process.ts';

/** Instances that are loaded and not called yet. */
export interface Instances {
  /** Calls all of them at the same moment, from which on the clock runs as fast as it should. @returns the outcome of each */
  start(): Promise<readonly CallerOutcome[]>;
  /** Ends the processes. */
  close(): void;
}

/** Long enough for each process to have received the message. */
const startDelayMs = 100;
const title = 'A process with instances';

/** Spreads the instances evenly over processes and waits until all are loaded. */
export async function loadInstances(
  file: string,
  environments: readonly Environment[],
  processes: number,
  clock: ScaledClock,
): Promise<Instances> {
  const children = deal(environments, processes).map((dealt) => {
    const child = fork(join(import.meta.dirname, 'instances-process.ts'), [String(clock.speed)], {
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.send({ file, environments: dealt } satisfies LoadOrder);
    return child;
  });
  const close = () => {
    for (const child of children) child.kill();
  };
  try {
    await Promise.all(children.map((child) => nextMessage(child, title)));
  } catch (error) {
    close();
    throw error;
  }
  return {
    async start() {
      const outcomes = children.map((child) => nextMessage<CallerOutcome[]>(child, title));
      const startAtMs = Date.now() + startDelayMs;
      clock.startAt(startAtMs);
      for (const child of children) child.send({ startAtMs } satisfies StartOrder);
      return (await Promise.all(outcomes)).flat();
    },
    close,
  };
}

/** As evenly as possible; no hand is empty. */
export function deal<Item>(items: readonly Item[], hands: number): Item[][] {
  const count = Math.min(hands, items.length);
  return Array.from({ length: count }, (_, hand) => items.filter((_item, index) => index % count === hand));
}
