import { parseArgs } from 'node:util';
import { bundleContestants, contestants } from '../contestants/contestants.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { type Storm, stormContestants } from './figures.ts';
import { measureStorm } from './measure-storm.ts';
import { print } from './report.ts';
import { judge } from './targets.ts';

/**
 * Many new instances at once against Prove's 25 requests a second, for this service and for two things that one might use
 * instead, one after the other. All instances are loaded first; then each is called at the same moment, once, with 15 s to
 * answer in. Whoever is refused, with whatever status, waits as long as the answer's `retry-after` says, or a second, and
 * asks the same instance again, for 30 s from the start: API Gateway and callers wait no longer.
 *
 * Hundreds of processes would need more memory and cores than there are. So an instance here is a copy of the bundle in a
 * process that it shares with others (`instance-copies.ts`), with a token URL of its own, by which the provider's side
 * knows who asks. What this does not show: how long real cold starts and the network take, and what is done while an
 * instance is loaded, where this service opens its connections and one contestant reads the secret. The copies' first
 * calls share the few cores: so the first exchanges of all do not reach the provider at once, but within
 * `firstExchangesWithinMs` of the results.
 *
 * - `--instances`: how many, a storm for each number.
 * - `--processes`: over how many processes they are spread.
 */
export async function runStorm(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      instances: { type: 'string', default: '50,200,500' },
      processes: { type: 'string', default: '4' },
    },
  });
  const [numbers, processes] = [values.instances.split(',').map(Number), Number(values.processes)];
  await inTemporaryDirectory(async (directory) => {
    const bundles = await bundleContestants(directory, stormContestants);
    const storms: Storm[] = [];
    for (const instances of numbers) {
      for (const contestant of stormContestants) {
        const figures = await measureStorm({ file: bundles[contestant].file, instances, processes });
        storms.push({ contestant, ...figures });
      }
    }
    print(storms);
    await writeResults('storm', { instances: numbers, processes }, { storms, targets: judge(storms) });
    throwIfNobodyServed(storms);
  });
}

function throwIfNobodyServed(storms: readonly Storm[]): void {
  const none = storms.find(({ servedShare }) => servedShare === 0);
  if (none !== undefined) throw new Error(`${contestants[none.contestant]} served none of ${none.instances}.`);
}
