export interface Timing {
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  readonly schedule: (action: () => void, ms: number) => void;
}

/** One direction of a network path: does each action `delayMs` after it was given, in the order given. */
export type DelayLine = (action: () => void) => void;

/** @param opensAtMs what is given before then waits until then, and its delay on top */
export function createDelayLine(delayMs: number, opensAtMs: number, { now, schedule }: Timing): DelayLine {
  const queue: { readonly dueAtMs: number; readonly action: () => void }[] = [];

  function run(): void {
    // A timer may be early by a fraction of a millisecond; then what is not due waits for another one.
    while (queue[0] !== undefined && queue[0].dueAtMs <= now()) queue.shift()?.action();
    const [next] = queue;
    if (next !== undefined) schedule(run, Math.max(0, next.dueAtMs - now()));
  }

  return function delay(action) {
    const isIdle = queue.length === 0;
    queue.push({ dueAtMs: Math.max(now(), opensAtMs) + delayMs, action });
    if (isIdle) schedule(run, delayMs);
  };
}
