import { createCallers } from '../../local/gateway/callers.ts';
import { startGateway } from '../../local/gateway/gateway.ts';
import { Account } from './accounting.ts';
import { type Backends, startBackends } from './backends.ts';
import type { Bundles, ContestantName } from './contestants.ts';
import { createFastNow, type FastClock } from './fast-clock.ts';
import { createBenchInstances } from './instances.ts';
import type { Phase } from './script.ts';
import { runTraffic } from './traffic.ts';

export interface RunOptions {
  readonly bundles: Bundles;
  readonly phases: readonly Phase[];
  readonly clock: FastClock;
  /** Of the wall clock. */
  readonly seconds: number;
  readonly rate: number;
  readonly maxInstances: number;
  readonly tokenLifetimeSeconds: number;
}

export interface ContestantResult {
  readonly account: Account;
  readonly missedBeats: number;
  readonly rssStartKb: number | undefined;
  readonly rssEndKb: number | undefined;
}

/** Runs the script against one contestant, behind a gateway and on function processes of its own. */
export async function runContestant(name: ContestantName, options: RunOptions): Promise<ContestantResult> {
  const { bundles, clock, maxInstances, seconds, rate, tokenLifetimeSeconds } = options;
  const now = createFastNow(clock);
  const account = new Account(tokenLifetimeSeconds * 1000);
  const backends = await startBackends({ account, tokenLifetimeSeconds, now, speed: clock.speed });
  const instances = createBenchInstances({ name, bundles, backends, account, clock, now, maxInstances });
  const callers = createCallers();
  const gateway = await startGateway({ port: 0, callers, instances, onAnswered: () => {} });
  const player = playScript(options.phases, backends, clock.speed);
  try {
    const traffic = runTraffic({
      endpoint: gateway.url,
      caller: callers['orders'] ?? { accessKeyId: '', secretAccessKey: '', arn: '', allow: [] },
      clients: 2 * maxInstances,
      atOnce: maxInstances,
      rate,
      seconds,
      now,
      phase: player.title,
      onOutcome: (outcome) => account.settled(outcome),
    });
    const [rssStartKb, missedBeats] = await Promise.all([readRssLater(instances, seconds * 100), traffic]);
    return { account, missedBeats, rssStartKb, rssEndKb: await instances.readLargestRssKb() };
  } finally {
    player.stop();
    await Promise.all([gateway.close(), instances.close(), backends.close()]);
  }
}

/** After a tenth of the run: whatever is loaded once has been loaded. */
async function readRssLater(
  instances: { readLargestRssKb(): Promise<number | undefined> },
  waitMs: number,
): Promise<number | undefined> {
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  return instances.readLargestRssKb();
}

function playScript(
  phases: readonly Phase[],
  backends: Backends,
  speed: number,
): { readonly title: () => string; readonly stop: () => void } {
  let title = '';
  let timer: NodeJS.Timeout | undefined;
  let dueAtMs = performance.now();
  function enter(index: number): void {
    const phase = phases[index];
    if (phase === undefined) return;
    title = phase.title;
    void backends.enter(phase);
    // From when it was due, so that late timers do not add up.
    dueAtMs += (phase.seconds * 1000) / speed;
    timer = setTimeout(enter, dueAtMs - performance.now(), index + 1);
  }
  enter(0);
  return { title: () => title, stop: () => clearTimeout(timer) };
}
