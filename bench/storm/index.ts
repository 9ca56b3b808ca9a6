import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleContestants, contestants } from '../contestants/contestants.ts';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { type Storm, type StormKind, stormContestants } from './figures.ts';
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
 * - `--speed`: how fast time runs for them. With less than 1 each has more of the processor.
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
    speed: { type: 'string', default: '1' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [processes, speed] = [Number(values.processes), Number(values.speed)];
  return { instances: values.instances.split(',').map(Number), processes, speed };
}

/** With a healthy provider for each contestant; with an ill one for this service, as large as they come. */
function planStorms(numbers: readonly number[]): StormKind[] {
  const healthy = numbers.flatMap((instances) => stormContestants.map((contestant) => ({ contestant, instances })));
  const largest = { contestant: 'vend', instances: Math.max(...numbers) } as const;
  const conditions = ['takes 2 s', 'knows another secret'] as const;
  return [...healthy, ...conditions.map((condition) => ({ ...largest, condition }))];
}

async function measureAll({ instances, processes, speed }: Settings, directory: string): Promise<Storm[]> {
  const bundles = await bundleContestants(directory, stormContestants);
  const storms: Storm[] = [];
  for (const kind of planStorms(instances)) {
    const { file } = bundles[kind.contestant];
    const options = { ...kind, file, processes, speed, directory: join(directory, 'settings') };
    const figures = await measureStorm(options);
    storms.push({ ...kind, ...figures });
  }
  return storms;
}

function throwIfNobodyServed(storms: readonly Storm[]): void {
  const none = storms.find(({ servedShare, condition }) => servedShare === 0 && condition !== 'knows another secret');
  if (none !== undefined) throw new Error(`${contestants[none.contestant]} served none of ${none.instances}.`);
}
