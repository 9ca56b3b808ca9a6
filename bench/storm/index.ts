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
 * - `--full-speed-instances`: of more instances with a token store, time runs slower in proportion. They all ask one table at once,
 *   which shares the few cores with them and would not answer within the 400 ms that a new instance gives it, as DynamoDB does.
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
    'full-speed-instances': { type: 'string', default: '25' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [processes, speed] = [Number(values.processes), Number(values.speed)];
  const fullSpeedInstances = Number(values['full-speed-instances']);
  return { instances: values.instances.split(',').map(Number), processes, speed, fullSpeedInstances };
}

/** Callers who are never served ask for 30 s, which are many more where time runs slower. */
const mostInstancesFor30s = 100;

/** With a healthy provider for each contestant; with an ill one for this service, with and without a store, as large as they come. */
function planStorms(numbers: readonly number[]): StormKind[] {
  const healthy = numbers.flatMap((instances) => stormContestants.map((contestant) => ({ contestant, instances })));
  const instances = Math.max(...numbers);
  const ill = (['takes 2 s', 'knows another secret'] as const).flatMap((condition) =>
    (['vend', 'vend-shared'] as const).map((contestant) => {
      const isSlow = contestant === 'vend-shared' && condition === 'knows another secret';
      return { contestant, condition, instances: isSlow ? Math.min(instances, mostInstancesFor30s) : instances };
    }),
  );
  return [...healthy, ...ill];
}

async function measureAll(
  { instances, processes, speed, fullSpeedInstances }: Settings,
  directory: string,
): Promise<Storm[]> {
  const bundles = await bundleContestants(directory, stormContestants);
  const storms: Storm[] = [];
  for (const kind of planStorms(instances)) {
    const { file } = bundles[kind.contestant];
    const time = { speed: kind.contestant === 'vend-shared' ? storeSpeed(kind.instances, fullSpeedInstances) : speed };
    const options = { ...kind, ...time, file, processes, directory: join(directory, 'settings') };
    const figures = await measureStorm(options);
    storms.push({ ...kind, ...figures });
  }
  return storms;
}

function storeSpeed(instances: number, fullSpeedInstances = instances): number {
  return Math.min(1, fullSpeedInstances / instances);
}

function throwIfNobodyServed(storms: readonly Storm[]): void {
  const none = storms.find(({ servedShare, condition }) => servedShare === 0 && condition !== 'knows another secret');
  if (none !== undefined) throw new Error(`${contestants[none.contestant]} served none of ${none.instances}.`);
}
