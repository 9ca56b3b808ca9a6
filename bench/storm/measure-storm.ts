import { startBenchTokenStore } from '../backends/contestant-environment.ts';
import type { Forwarded } from '../backends/fault-proxy.ts';
import { startWatchedBackends } from '../backends/watched-backends.ts';
import { ScaledClock } from '../scaled-clock.ts';
import { type StormFigures, type StormKind, summarize } from './figures.ts';
import { loadInstances } from './instances.ts';
import { ProviderAccount } from './provider-account.ts';

export interface StormOptions extends StormKind {
  /** The bundle. */
  readonly file: string;
  readonly processes: number;
  readonly speed: number;
  /** Takes the instances' settings. */
  readonly directory: string;
}

/** Prove's own. */
const requestsPerSecond = 25;
const tokenLifetimeSeconds = 3600;

/** One storm, with backends of its own that run in this process. */
export async function measureStorm({
  contestant,
  file,
  instances,
  condition,
  processes,
  speed,
  directory,
}: StormOptions): Promise<StormFigures> {
  const account = new ProviderAccount();
  const clock = new ScaledClock(speed);
  const watch = {
    exchangeAsked: (instance: string) => account.exchangeAsked(instance, clock.now()),
    exchangeAnswered(instance: string, { status, headers }: Forwarded) {
      const retryAfter = headers['retry-after'];
      const seconds = retryAfter === undefined ? undefined : Number(retryAfter);
      account.exchangeAnswered(instance, status, seconds, clock.now());
    },
    secretRead() {},
  };
  const store = contestant === 'vend-shared' ? await startBenchTokenStore() : undefined;
  const backends = await startWatchedBackends({
    watch,
    tokenStore: store?.tokenStore,
    now: clock.now,
    requestsPerSecond,
    tokenLifetimeSeconds,
    directory,
    answersAfterMs: condition === 'takes 2 s' ? 2_000 / speed : 0,
    isSecretWrong: condition === 'knows another secret',
  });
  const environments = Array.from({ length: instances }, (_, index) => backends.environmentOf(String(index)));
  try {
    const loaded = await loadInstances(file, environments, processes, clock);
    const exchangesWhileLoading = account.exchanges;
    try {
      return summarize(await loaded.start(), account, exchangesWhileLoading);
    } finally {
      loaded.close();
    }
  } finally {
    await Promise.all([backends.close(), store?.close()]);
  }
}
