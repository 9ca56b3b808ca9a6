import type { Duplex } from 'node:stream';

export interface Timing {
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  readonly schedule: (action: () => void, ms: number) => void;
}

/**
 * Carries bytes between both ends of a connection as a network of `roundTripMs` would: each way takes half of it.
 *
 * The kernel does TCP's handshake at once on loopback, and no process can delay it. So bytes that the client sends within
 * the first round trip, which on a real network it would spend waiting for the handshake, leave at the end of it. Bytes
 * that it sends later wait no longer: a connection that was opened early pays off.
 */
export function joinOverNetwork(client: Duplex, server: Duplex, roundTripMs: number, timing: Timing): void {
  const oneWayMs = roundTripMs / 2;
  const startedAtMs = timing.now();
  carry(client, server, createDelayLine(oneWayMs, startedAtMs + roundTripMs, timing));
  carry(server, client, createDelayLine(oneWayMs, startedAtMs, timing));
}

function carry(from: Duplex, to: Duplex, delay: DelayLine): void {
  from.on('data', (chunk: Buffer) => delay(() => to.write(chunk)));
  from.on('end', () => delay(() => to.end()));
  // A process is killed as soon as it has been measured, and leaves a reset behind.
  from.on('error', () => to.destroy());
}

/** One direction of the path: runs each action `delayMs` after it was given, in order. */
type DelayLine = (action: () => void) => void;

/** @param opensAtMs actions given before then count as given then */
function createDelayLine(delayMs: number, opensAtMs: number, { now, schedule }: Timing): DelayLine {
  const queue: { readonly dueAtMs: number; readonly action: () => void }[] = [];

  function run(): void {
    // A timer may fire a fraction of a millisecond early. What is not due then waits for another one.
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
