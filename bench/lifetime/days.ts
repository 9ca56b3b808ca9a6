import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DayOptions } from './day.ts';
import type { DayCounts } from './day-account.ts';

/** Runs each day in a process of its own, as many at a time as there are cores: nothing of it is measured in time. */
export async function runDays(days: readonly DayOptions[]): Promise<DayCounts[]> {
  const counts: DayCounts[] = [];
  // The longest first, so that no core waits for another at the end.
  const waiting = [...days.entries()].sort(([, a], [, b]) => b.requestsPerSecond - a.requestsPerSecond);
  async function runWaiting(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, day] = next;
      counts[index] = await runOne(day);
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, runWaiting));
  return counts;
}

async function runOne(day: DayOptions): Promise<DayCounts> {
  const child = fork(join(import.meta.dirname, 'day-process.ts'), [JSON.stringify(day)], {
    env: {},
    // The functions' log lines go nowhere.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let counts: DayCounts | undefined;
  child.once('message', (message) => {
    counts = message as DayCounts;
  });
  const [code] = await once(child, 'close');
  if (counts === undefined) throw new Error(`A day ended with ${code} before all of it had been counted.`);
  return counts;
}
