import { setTimeout } from 'node:timers/promises';
import { type Caller, createCallers } from '../../local/gateway/callers.ts';
import { startGateway } from '../../local/gateway/gateway.ts';
import type { VendTarget } from '../signed-vend.ts';
import { Account } from './accounting.ts';
import { startBackends } from './backends.ts';
import { createFastNow, type FastClock } from './fast-clock.ts';
import { mostWithin } from './figures.ts';
import { type BenchInstances, createBenchInstances, type FaultBundles } from './instances.ts';
import type { ContestantFigures, FaultContestant, Settings } from './report.ts';
import type { Phase } from './script.ts';
import { askOnce, runTraffic } from './traffic.ts';

export interface RunOptions extends Settings {
  readonly bundles: FaultBundles;
  readonly phases: readonly Phase[];
  readonly clock: FastClock;
}

/** Runs the script against one contestant, behind a gateway and on function processes of its own. */
export async function runContestant(name: FaultContestant, options: RunOptions): Promise<ContestantFigures> {
  const { bundles, clock, maxInstances, seconds, rate, tokenLifetimeSeconds } = options;
  const now = createFastNow(clock);
  const account = new Account(tokenLifetimeSeconds * 1000);
  const backends = await startBackends({ account, tokenLifetimeSeconds, now, speed: clock.speed });
  const instances = createBenchInstances({ name, bundles, backends, account, clock, now, maxInstances });
  const callers = createCallers();
  const gateway = await startGateway({ port: 0, callers, instances, onAnswered: () => {} });
  const target = { endpoint: `${gateway.url}/v1`, caller: callers['orders'] as Caller, now };
  let phase = '';
  const enter = (next: Phase) => {
    phase = next.title;
    void backends.enter(next);
  };
  try {
    await warmUp(target, options);
    const traffic = runTraffic({
      ...target,
      clients: 2 * maxInstances,
      atOnce: maxInstances,
      rate,
      seconds,
      phase: () => phase,
      onOutcome: (outcome) => account.settled(outcome),
    });
    const script = playScript(options.phases, clock.speed, enter);
    const [rssStartKb, missedBeats] = await Promise.all([readRssLater(instances, seconds * 100), traffic, script]);
    return {
      ...account.figures,
      missedBeats,
      mostExchangesInAnySecond: mostWithin(1000, account.exchangesAtMs),
      refusals: account.refusals,
      rssStartKb,
      rssEndKb: await instances.readLargestRssKb(),
    };
  } finally {
    await Promise.all([gateway.close(), instances.close(), backends.close()]);
  }
}

/** Every instance starts and vends once, uncounted, before time begins to run faster. */
async function warmUp(
  target: VendTarget & { readonly now: () => number },
  { maxInstances, clock }: Pick<RunOptions, 'maxInstances' | 'clock'>,
): Promise<void> {
  await Promise.all(Array.from({ length: maxInstances }, () => askOnce({ ...target, phase: () => '' })));
  const leftMs = clock.originMs - Date.now();
  if (leftMs < 0)
    process.stderr.write('Some instances started after time had begun to run fast: give more --warm-up\n');
  await setTimeout(Math.max(0, leftMs));
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
