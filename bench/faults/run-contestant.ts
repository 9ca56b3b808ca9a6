import { setTimeout } from 'node:timers/promises';
import { type Caller, createCallers } from '../../local/gateway/callers.ts';
import { startGateway } from '../../local/gateway/gateway.ts';
import type { ScaledClock } from '../scaled-clock.ts';
import { Account } from './accounting.ts';
import { startBackends } from './backends.ts';
import type { FaultBundles } from './bundles.ts';
import { mostWithin } from './figures.ts';
import { BenchInstances } from './instances.ts';
import type { Neighbour } from './neighbours.ts';
import type { ContestantFigures, FaultContestant, Settings } from './report.ts';
import type { Phase } from './script.ts';
import { askOnce, runBystanders, runNeighbours, type TrafficOptions } from './traffic.ts';

export interface RunOptions extends Settings {
  readonly bundles: FaultBundles;
  readonly phases: readonly Phase[];
  readonly clock: ScaledClock;
  /** Ask on top of the bystanders, at the same rate. */
  readonly neighbours?: readonly Neighbour[];
}

/** What a run leaves behind. */
export interface Run {
  readonly figures: ContestantFigures;
  /** Requests to the provider by instance and scope. */
  readonly requests: ReadonlyMap<string, number>;
}

/** Runs the script against one contestant, behind a gateway and on function processes of its own. */
export async function runContestant(name: FaultContestant, options: RunOptions): Promise<Run> {
  const { bundles, clock, maxInstances, tokenLifetimeSeconds } = options;
  const { now } = clock;
  const account = new Account(tokenLifetimeSeconds * 1000);
  const backends = await startBackends({ account, tokenLifetimeSeconds, now, speed: clock.speed });
  const settingsName = `${name}-${options.neighbours?.length ?? 0}`;
  const instances = new BenchInstances({ name, settingsName, bundles, backends, account, clock, maxInstances });
  const callers = createCallers();
  const gateway = await startGateway({ port: 0, callers, instances, onAnswered: () => {} });
  const target = { endpoint: `${gateway.url}/v1`, caller: callers['orders'] as Caller, now };
  let phase = '';
  const enter = (next: Phase) => {
    phase = next.title;
    void backends.enter(next);
  };
  try {
    await warmUp({ ...target, phase: () => '' }, options);
    const traffic = runTraffic({ ...target, phase: () => phase }, account, options);
    const script = playScript(options.phases, clock.speed, enter);
    const rssStart = readRssLater(instances, options.seconds * 100);
    const [missedBeats, rssStartKb] = await Promise.all([traffic, rssStart, script]);
    const figures = {
      ...account.figures,
      missedBeats,
      mostExchangesInAnySecond: mostWithin(1000, account.exchangesAtMs),
      refusals: account.refusals,
      rssStartKb,
      rssEndKb: await instances.readLargestRssKb(),
    };
    return { figures, requests: account.requests };
  } finally {
    await Promise.all([gateway.close(), instances.close(), backends.close()]);
  }
}

type Target = Omit<TrafficOptions, 'rate' | 'seconds' | 'onOutcome'>;

/** Every instance starts and vends once, uncounted, before time begins to run faster. */
async function warmUp(target: Target, { maxInstances, clock }: RunOptions): Promise<void> {
  await Promise.all(Array.from({ length: maxInstances }, () => askOnce(target)));
  const leftMs = clock.originMs - Date.now();
  if (leftMs < 0)
    process.stderr.write('Some instances started after time had begun to run fast: give more --warm-up\n');
  await setTimeout(Math.max(0, leftMs));
}

/** @returns how many beats the bystanders skipped */
async function runTraffic(target: Target, account: Account, options: RunOptions): Promise<number> {
  const { maxInstances, rate, seconds, tokenLifetimeSeconds, neighbours = [] } = options;
  const [missedBeats] = await Promise.all([
    runBystanders({
      ...target,
      clients: 2 * maxInstances,
      atOnce: maxInstances,
      rate,
      seconds,
      onOutcome: (outcome) => account.settled(outcome),
    }),
    runNeighbours({
      ...target,
      neighbours,
      tokenLifetimeSeconds,
      rate,
      seconds,
      onOutcome: (outcome) => account.neighbourSettled(outcome),
    }),
  ]);
  return missedBeats;
}

/** After a tenth of the run everything that loads once has been loaded. */
async function readRssLater(instances: BenchInstances, waitMs: number): Promise<number | undefined> {
  await setTimeout(waitMs);
  return instances.readLargestRssKb();
}

async function playScript(phases: readonly Phase[], speed: number, enter: (phase: Phase) => void): Promise<void> {
  // Counts from when each phase was due, so that late timers do not add up.
  let dueAtMs = performance.now();
  for (const phase of phases) {
    enter(phase);
    dueAtMs += (phase.seconds * 1000) / speed;
    await setTimeout(Math.max(0, dueAtMs - performance.now()));
  }
}
