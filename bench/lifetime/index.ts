import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleContestants, isOwn, peers } from '../contestants/contestants.ts';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { runDays } from './days.ts';
import {
  formatLifetime,
  judgeLifetime,
  type Lifetime,
  type LifetimeResults,
  perLifetime,
  type Settings,
} from './report.ts';

/** Prove's own. */
const tokenLifetimeSeconds = 3600;
const names = ['vend', 'vend-shared', ...peers] as const;

/**
 * Runs days of constant traffic and counts. Each day runs in its own process, on as many copies of the bundle as there are
 * instances (`instance-copies.ts`), against Prove's token server and a Secrets Manager on loopback. The network takes no
 * time and a token is as good as new within the second in which it was obtained; that flatters contestants which count a
 * lifetime from after the answer.
 *
 * - `--rates`: requests per second; a day for each number.
 * - `--peers-up-to`: the highest rate for anything but this service, to save time.
 * - `--instances`: how many; a day for each number. More than four only at the highest rate, and only for this service.
 * - `--store-rate`: requests per second with a token store; a day for each number of instances. What the table is asked depends on the
 *   instances, hardly on the rate.
 * - `--day-seconds`: how long a day is.
 */
export async function runLifetime(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const bundles = await bundleContestants(directory, names);
    const days = planDays(settings);
    const counts = await runDays(
      days.map(({ contestant, ...day }, index) => ({
        ...day,
        file: bundles[contestant].file,
        hasTokenStore: contestant === 'vend-shared',
        directory: join(directory, `day-${index}`),
      })),
    );
    const lifetimes = days.flatMap((day, index) => {
      const counted = counts[index];
      return counted === undefined ? [] : perLifetime({ ...day, ...counted });
    });
    const results: LifetimeResults = await writeResults('lifetime', settings, lifetimes);
    printSection(formatLifetime(results), judgeLifetime(results));
    throwIfFailed(lifetimes);
  });
}

function parseSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rates: { type: 'string', default: '1,10,100' },
      'peers-up-to': { type: 'string', default: '10' },
      instances: { type: 'string', default: '1,4,40' },
      'store-rate': { type: 'string', default: '10' },
      'day-seconds': { type: 'string', default: '86400' },
    },
  });
  return {
    rates: values.rates.split(',').map(Number),
    peersUpToRate: Number(values['peers-up-to']),
    instances: values.instances.split(',').map(Number),
    storeRate: Number(values['store-rate']),
    daySeconds: Number(values['day-seconds']),
    tokenLifetimeSeconds,
  };
}

const fewInstances = 4;

function planDays({ rates, peersUpToRate, instances: numbers, storeRate, daySeconds }: Settings) {
  const highestRate = Math.max(...rates);
  const common = { daySeconds, tokenLifetimeSeconds };
  const shared = numbers.map((instances) => ({
    ...common,
    contestant: 'vend-shared' as const,
    requestsPerSecond: storeRate ?? highestRate,
    instances,
  }));
  const alone = rates.flatMap((requestsPerSecond) =>
    numbers
      .filter((instances) => instances <= fewInstances || requestsPerSecond === highestRate)
      .flatMap((instances) =>
        names
          .filter((name) => name !== 'vend-shared')
          .filter((name) => name === 'vend' || (requestsPerSecond <= peersUpToRate && instances <= fewInstances))
          .map((contestant) => ({ ...common, contestant, requestsPerSecond, instances })),
      ),
  );
  return [...alone, ...shared];
}

function throwIfFailed(lifetimes: readonly Lifetime[]): void {
  for (const { contestant, requestsPerSecond, vends, failedVends } of lifetimes) {
    if (failedVends === vends || (isOwn(contestant) && failedVends > 0))
      throw new Error(`${failedVends} of ${vends} vends failed: ${contestant}, ${requestsPerSecond} a second.`);
  }
}
