import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleContestants, peers } from '../contestants/contestants.ts';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { runDays } from './days.ts';
import { formatLifetime, type Lifetime, perLifetime, type Settings } from './report.ts';

/** Prove's own. */
const tokenLifetimeSeconds = 3600;
const names = ['vend', ...peers] as const;

/**
 * Runs days of constant traffic and counts. Each day runs in its own process, on as many copies of the bundle as there are
 * instances (`instance-copies.ts`), against Prove's token server and a Secrets Manager on loopback. The network takes no
 * time and a token is as good as new within the second in which it was obtained; that flatters contestants which count a
 * lifetime from after the answer.
 *
 * - `--rates`: requests per second; a day for each number.
 * - `--peers-up-to`: the highest rate for anything but this service, to save time.
 * - `--instances`: how many; a day for each number. More than four only at the highest rate, and only for this service.
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
        directory: join(directory, `day-${index}`),
      })),
    );
    const lifetimes = days.flatMap((day, index) => {
      const counted = counts[index];
      return counted === undefined ? [] : perLifetime({ ...day, ...counted });
    });
    printSection(formatLifetime(await writeResults('lifetime', settings, lifetimes)));
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
      'day-seconds': { type: 'string', default: '86400' },
    },
  });
  return {
    rates: values.rates.split(',').map(Number),
    peersUpToRate: Number(values['peers-up-to']),
    instances: values.instances.split(',').map(Number),
    daySeconds: Number(values['day-seconds']),
    tokenLifetimeSeconds,
  };
}

const fewInstances = 4;

function planDays({ rates, peersUpToRate, instances: numbers, daySeconds }: Settings) {
  const highestRate = Math.max(...rates);
  return rates.flatMap((requestsPerSecond) =>
    numbers
      .filter((instances) => instances <= fewInstances || requestsPerSecond === highestRate)
      .flatMap((instances) =>
        names
          .filter((name) => name === 'vend' || (requestsPerSecond <= peersUpToRate && instances <= fewInstances))
          .map((contestant) => ({ contestant, requestsPerSecond, instances, daySeconds, tokenLifetimeSeconds })),
      ),
  );
}

function throwIfFailed(lifetimes: readonly Lifetime[]): void {
  for (const { contestant, requestsPerSecond, vends, failedVends } of lifetimes) {
    if (failedVends === vends || (contestant === 'vend' && failedVends > 0))
      throw new Error(`${failedVends} of ${vends} vends failed: ${contestant}, ${requestsPerSecond} a second.`);
  }
}
