import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleContestants, contestants } from '../contestants/contestants.ts';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { type Storm, stormContestants } from './figures.ts';
import { measureStorm } from './measure-storm.ts';
import { formatStorm, judgeStorm, type Settings, type StormResults } from './report.ts';

/**
 * Calls many new instances at once while the provider allows 25 requests per second.
 *
 * Hundreds of processes would need more memory and cores than a machine has. So an instance is a copy of the bundle in a
 * process that it shares with others (`instance-copies.ts`), with its own token URL, by which the provider's side knows
 * who asks. This leaves out how long cold starts and the network take, and what happens while an instance loads, when this
 * service opens its connections and one contestant reads the secret. The copies' first calls share the few cores, so the
 * first exchanges do not reach the provider at once but within `firstExchangesWithinMs` of the results.
 *
 * - `--instances`: how many; a storm for each number.
 * - `--processes`: over how many processes they are spread.
 */
export async function runStorm(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const storms = await measureAll(settings, directory);
    const results: StormResults = await writeResults('storm', settings, { storms });
    printSection(formatStorm(results), judgeStorm(results));
    throwIfNobodyServed(storms);
  });
}

function parseSettings(args: readonly string[]): Settings {
  const options = {
    instances: { type: 'string', default: '50,200,500' },
    processes: { type: 'string', default: '4' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  return { instances: values.instances.split(',').map(Number), processes: Number(values.processes) };
}

async function measureAll({ instances: numbers, processes }: Settings, directory: string): Promise<Storm[]> {
  const bundles = await bundleContestants(directory, stormContestants);
  const storms: Storm[] = [];
  for (const instances of numbers) {
    for (const contestant of stormContestants) {
      const { file } = bundles[contestant];
      const figures = await measureStorm({ file, instances, processes, directory: join(directory, 'settings') });
      storms.push({ contestant, ...figures });
    }
  }
  return storms;
}

function throwIfNobodyServed(storms: readonly Storm[]): void {
  const none = storms.find(({ servedShare }) => servedShare === 0);
  if (none !== undefined) throw new Error(`${contestants[none.contestant]} served none of ${none.instances}.`);
}
