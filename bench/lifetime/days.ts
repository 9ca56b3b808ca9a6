import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { lastMessage } from '../child-process.ts';
import type { DayOptions } from './day.ts';
import type { DayCounts } from './day-account.ts';

/** Runs each day in its own process, as many at a time as there are cores: no time is measured. */
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

function runOne(day: DayOptions): Promise<DayCounts> {
  const child = fork(join(import.meta.dirname, 'day-process.ts'), [JSON.stringify(day)], {
    env: {},
    // Nobody reads the functions' log lines.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return lastMessage<DayCounts>(child, 'A day');
}
