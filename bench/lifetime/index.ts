import { parseArgs } from 'node:util';
import { bundleContestants, peers } from '../contestants/contestants.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { runDays } from './days.ts';
import { type Lifetime, perLifetime, print } from './report.ts';

/** Prove's own. */
const tokenLifetimeSeconds = 3600;
const names = ['vend', ...peers] as const;

/**
 * A day of constant traffic: how many exchanges and reads of the secret it takes, and how long the tokens that were vended
 * still had to live. Each day runs in a process of its own, on as many copies of the bundle as there are instances
 * (`instance-copies.ts`), against Prove's token server and a Secrets Manager on loopback. Time does not run: it jumps
 * from one request to the next and stands still while one is answered. So the network takes no time, no request meets
 * another, and a token that was obtained in a second is as good as new in it; that errs in favour of those who count a
 * lifetime from after the answer. Requests go to all instances at random (`lifetime/routing.ts`).
 *
 * - `--rates`: requests a second, a day for each number.
 * - `--peers-up-to`: the highest rate for anything but this service, to save time.
 * - `--instances`: how many, a day for each number.
 * - `--day-seconds`: how long a day is.
 */
export async function runLifetime(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const bundles = await bundleContestants(directory, names);
    const days = planDays(settings);
    const counts = await runDays(days.map(({ contestant, ...day }) => ({ ...day, file: bundles[contestant].file })));
    const lifetimes = days.flatMap((day, index) => {
      const counted = counts[index];
      return counted === undefined ? [] : perLifetime({ ...day, ...counted });
    });
    print(lifetimes);
    await writeResults('lifetime', { ...settings, tokenLifetimeSeconds }, lifetimes);
    throwIfFailed(lifetimes);
  });
}

function parseSettings(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rates: { type: 'string', default: '1,10,100' },
      'peers-up-to': { type: 'string', default: '10' },
      instances: { type: 'string', default: '1,4' },
      'day-seconds': { type: 'string', default: '86400' },
    },
  });
  return {
    rates: values.rates.split(',').map(Number),
    peersUpToRate: Number(values['peers-up-to']),
    instances: values.instances.split(',').map(Number),
    daySeconds: Number(values['day-seconds']),
  };
}

function planDays({ rates, peersUpToRate, instances: numbers, daySeconds }: ReturnType<typeof parseSettings>) {
  return rates.flatMap((requestsPerSecond) =>
    numbers.flatMap((instances) =>
      names
        .filter((name) => name === 'vend' || requestsPerSecond <= peersUpToRate)
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
