import { setTimeout } from 'node:timers/promises';
import { signVend, type VendTarget } from '../signed-vend.ts';
import type { Outcome } from './figures.ts';

export interface TrafficOptions extends VendTarget {
  readonly clients: number;
  /** How many clients ask at the same moment: as many as there are instances, so that all instances serve. */
  readonly atOnce: number;
  /** Vends per second of the wall clock, by all clients together. */
  readonly rate: number;
  readonly seconds: number;
  /** The fast clock. */
  readonly now: () => number;
  readonly phase: () => string;
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * Each client asks at a fixed beat, signed and over a real socket, and waits for the answer. It skips beats that pass while
 * it waits, so that a slow contestant does not build up a queue that the others do not have.
 *
 * @returns how many beats were skipped
 */
export async function runTraffic(options: TrafficOptions): Promise<number> {
  const startedAtMs = performance.now();
  const clients = Array.from({ length: options.clients }, (_, index) => runClient(options, index, startedAtMs));
  return (await Promise.all(clients)).reduce((sum, missed) => sum + missed, 0);
}

async function runClient(options: TrafficOptions, index: number, startedAtMs: number): Promise<number> {
  const intervalMs = (options.clients * 1000) / options.rate;
  const groups = Math.ceil(options.clients / options.atOnce);
  const offsetMs = ((index % groups) * intervalMs) / groups;
  const beats = Math.floor((options.seconds * 1000) / intervalMs);
  let missed = 0;
  for (let beat = 0; beat < beats; beat += 1) {
    const waitMs = startedAtMs + offsetMs + beat * intervalMs - performance.now();
    if (waitMs < -intervalMs) {
      missed += 1;
      continue;
    }
    await setTimeout(Math.max(0, waitMs));
    options.onOutcome(await askOnce(options));
  }
  return missed;
}

/** One signed vend. */
export async function askOnce({
  phase,
  now,
  ...target
}: VendTarget & Pick<TrafficOptions, 'phase' | 'now'>): Promise<Outcome> {
  const title = phase();
  const response = await fetch(await signVend(target));
  const body = (await response.json()) as { access_token?: string; error?: string };
  const startedAt = response.headers.get('x-function-started');
  const took = response.headers.get('x-function-took');
  return {
    requestId: response.headers.get('x-amzn-requestid') ?? '',
    phase: title,
    status: response.status,
    reason: response.status === 200 ? undefined : readReason(response, body),
    source: response.headers.get('x-token-source') ?? undefined,
    token: body.access_token,
    function: startedAt === null ? undefined : { startedAtMs: Number(startedAt), tookMs: Number(took) },
    atMs: now(),
  };
}

function readReason({ headers }: Response, { error }: { error?: string }): string {
  // The gateway's own answer: the function did not answer in time.
  return headers.has('x-amzn-errortype') ? 'ended without an answer' : (error ?? 'unknown');
}
