import type { Duplex } from 'node:stream';
import { createDelayLine, type DelayLine, type Timing } from './delay-line.ts';

/**
 * Carries bytes between both ends of a connection as a network of `roundTripMs` would: each way takes half of it.
 *
 * It is the kernel that shakes hands over TCP, on loopback and so at once, and nothing in a process can delay that. So
 * whatever the client sends within the first round trip, which on a real network it would spend waiting for the handshake,
 * sets out at the end of it. What it sends later has no more to wait for: a connection that was opened early pays off.
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
  // Processes are ended as soon as they have been measured, and leave resets behind.
  from.on('error', () => to.destroy());
}
