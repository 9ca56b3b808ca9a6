import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../instance-copies.ts';
import type { CallerOutcome } from './caller.ts';
import type { LoadOrder, StartOrder } from './instances-process.ts';

/** Instances that are loaded and have not been called yet. */
export interface Instances {
  /** Calls all of them at one moment. @returns what came of each */
  start(): Promise<readonly CallerOutcome[]>;
  /** Ends the processes. */
  close(): void;
}

/** So that each process has got the message by then. */
const startDelayMs = 100;

/** Spreads the instances evenly over processes, and waits until all are loaded. */
export async function loadInstances(
  file: string,
  environments: readonly Environment[],
  processes: number,
): Promise<Instances> {
  const children = deal(environments, processes).map((dealt) => {
    const child = fork(join(import.meta.dirname, 'instances-process.ts'), {
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
    await Promise.all(children.map(nextMessage));
  } catch (error) {
    close();
    throw error;
  }
  return {
    async start() {
      const outcomes = children.map((child) => nextMessage<CallerOutcome[]>(child));
      const startAtMs = Date.now() + startDelayMs;
      for (const child of children) child.send({ startAtMs } satisfies StartOrder);
      return (await Promise.all(outcomes)).flat();
    },
    close,
  };
}

/** As evenly as it goes; no hand is empty. */
export function deal<Item>(items: readonly Item[], hands: number): Item[][] {
  const count = Math.min(hands, items.length);
  return Array.from({ length: count }, (_, hand) => items.filter((_item, index) => index % count === hand));
}

/** @throws Error when the process ends before it has sent anything */
function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A process with instances ended with ${code}.`));
    child.once('error', reject).once('exit', onExit);
    child.once('message', (message) => {
      child.off('error', reject).off('exit', onExit);
      resolve(message as Message);
    });
  });
}
