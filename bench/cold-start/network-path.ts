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
  carry(client, server, new DelayLine(oneWayMs, startedAtMs + roundTripMs, timing));
  carry(server, client, new DelayLine(oneWayMs, startedAtMs, timing));
}

function carry(from: Duplex, to: Duplex, line: DelayLine): void {
  from.on('data', (chunk: Buffer) => line.add(() => to.write(chunk)));
  from.on('end', () => line.add(() => to.end()));
  // A process is killed as soon as it has been measured, and leaves a reset behind.
  from.on('error', () => to.destroy());
}

/** One direction of the path: runs each action `delayMs` after it was added, in order. */
class DelayLine {
  readonly #delayMs: number;
  readonly #opensAtMs: number;
  readonly #timing: Timing;
  readonly #queue: { readonly dueAtMs: number; readonly action: () => void }[] = [];

  /** @param opensAtMs actions added before then count as added then */
  constructor(delayMs: number, opensAtMs: number, timing: Timing) {
    this.#delayMs = delayMs;
    this.#opensAtMs = opensAtMs;
    this.#timing = timing;
  }

  add(action: () => void): void {
    const isIdle = this.#queue.length === 0;
    this.#queue.push({ dueAtMs: Math.max(this.#timing.now(), this.#opensAtMs) + this.#delayMs, action });
    if (isIdle) this.#schedule(this.#delayMs);
  }

  #schedule(ms: number): void {
    this.#timing.schedule(() => this.#run(), ms);
  }

  #run(): void {
    const { now } = this.#timing;
    // A timer may fire a fraction of a millisecond early. What is not due then waits for another one.
    while (this.#queue[0] !== undefined && this.#queue[0].dueAtMs <= now()) this.#queue.shift()?.action();
    const [next] = this.#queue;
    if (next !== undefined) this.#schedule(Math.max(0, next.dueAtMs - now()));
  }
}
