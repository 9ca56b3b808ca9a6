import { setTimeout } from 'node:timers/promises';
import { type Caller, region } from '../../local/gateway/callers.ts';
import { sendSignedBySmithy } from '../../test/support/signed-request.ts';
import type { Outcome } from './figures.ts';

export interface TrafficOptions {
  readonly endpoint: string;
  readonly caller: Caller;
  readonly clients: number;
  /** How many clients ask at the same moment: as many as there are instances, so that all of them serve. */
  readonly atOnce: number;
  /** Vends a second of the wall clock, of all clients together. */
  readonly rate: number;
  readonly seconds: number;
  /** The fast clock. */
  readonly now: () => number;
  readonly phase: () => string;
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * Each client asks at its own fixed beat, signed and over a real socket, and waits for the answer. A beat that passes
 * while it waits is left out: so nobody who answers slowly builds up a queue that another contestant does not have.
 *
 * @returns how many beats were left out
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
  endpoint,
  caller,
  phase,
  now,
}: Pick<TrafficOptions, 'endpoint' | 'caller' | 'phase' | 'now'>): Promise<Outcome> {
  const title = phase();
  const request = { method: 'POST', url: `${endpoint}/v1/tokens/prove` };
  const response = await sendSignedBySmithy(request, caller, region);
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
  // The gateway's own answer: the function gave none within its time.
  return headers.has('x-amzn-errortype') ? 'ended without an answer' : (error ?? 'unknown');
}
