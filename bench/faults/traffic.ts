import { setTimeout } from 'node:timers/promises';
import { signVend, type VendTarget } from '../signed-vend.ts';
import type { Outcome } from './figures.ts';
import type { Neighbour } from './neighbours.ts';

export interface TrafficOptions extends VendTarget {
  /** Vends per second of the wall clock, by all clients together. */
  readonly rate: number;
  readonly seconds: number;
  /** The fast clock. */
  readonly now: () => number;
  readonly phase: () => string;
  readonly onOutcome: (outcome: Outcome) => void;
}

export interface BystanderOptions extends TrafficOptions {
  readonly clients: number;
  /** How many clients ask at the same moment: as many as there are instances, so that all instances serve. */
  readonly atOnce: number;
}

/**
 * Clients that ask for the default scopes and nothing else.
 *
 * @returns how many beats they skipped
 */
export async function runBystanders(options: BystanderOptions): Promise<number> {
  const { clients, atOnce, rate } = options;
  const intervalMs = (clients * 1000) / rate;
  const groups = Math.ceil(clients / atOnce);
  const skipped = await Promise.all(
    Array.from({ length: clients }, (_, index) => {
      const offsetMs = ((index % groups) * intervalMs) / groups;
      return runAtBeat({ ...options, intervalMs, offsetMs }, async () => options.onOutcome(await askOnce(options)));
    }),
  );
  return skipped.reduce((sum, count) => sum + count, 0);
}

export interface NeighbourOptions extends TrafficOptions {
  readonly neighbours: readonly Neighbour[];
  readonly tokenLifetimeSeconds: number;
}

/** One client for each of them. */
export async function runNeighbours(options: NeighbourOptions): Promise<void> {
  const { neighbours, tokenLifetimeSeconds, rate } = options;
  const intervalMs = (neighbours.length * 1000) / rate;
  await Promise.all(
    neighbours.map((neighbour, index) => {
      let [asked, token]: [number, string | undefined] = [0, undefined];
      const offsetMs = (index * intervalMs) / neighbours.length;
      return runAtBeat({ ...options, intervalMs, offsetMs }, async () => {
        const outcome = await askOnce(options, neighbour({ asked, token, tokenLifetimeSeconds }));
        asked += 1;
        token = outcome.token ?? token;
        options.onOutcome(outcome);
      });
    }),
  );
}

interface Beat {
  readonly seconds: number;
  readonly intervalMs: number;
  readonly offsetMs: number;
}

/**
 * Asks at a fixed beat and waits for each answer. Skips beats that pass while it waits, so that a slow contestant does not
 * build up a queue that the others do not have.
 *
 * @returns how many beats were skipped
 */
async function runAtBeat({ seconds, intervalMs, offsetMs }: Beat, ask: () => Promise<void>): Promise<number> {
  const startedAtMs = performance.now() + offsetMs;
  const beats = Math.floor((seconds * 1000) / intervalMs);
  let skipped = 0;
  for (let beat = 0; beat < beats; beat += 1) {
    const waitMs = startedAtMs + beat * intervalMs - performance.now();
    if (waitMs < -intervalMs) {
      skipped += 1;
      continue;
    }
    await setTimeout(Math.max(0, waitMs));
    await ask();
  }
  return skipped;
}

/** One signed vend. */
export async function askOnce(
  { phase, now, ...target }: VendTarget & Pick<TrafficOptions, 'phase' | 'now'>,
  form = '',
): Promise<Outcome> {
  const title = phase();
  const response = await fetch(await signVend(target, form));
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
