import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleBootstrap } from '../../local/lambda/bundles.ts';
import { bundleContestants } from '../contestants/contestants.ts';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { startBackends } from './backends.ts';
import { byContestant, summarizeAll } from './figures.ts';
import { measureColdStart } from './measure-cold-start.ts';
import { type ColdStartResults, formatColdStart, judgeColdStart, type Settings } from './report.ts';
import { coldStartContestants, type Mode, measureRounds } from './rounds.ts';

/**
 * Measures cold starts. A contestant that does not answer with a token fails the run.
 *
 * - `--rounds`: how many, in each mode; one more comes first and does not count.
 * - `--round-trip`: of the network, milliseconds.
 */
export async function runColdStart(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const results: ColdStartResults = await writeResults('cold-start', settings, await measureAll(settings, directory));
    printSection(formatColdStart(results), judgeColdStart(results));
  });
}

function parseSettings(args: readonly string[]): Settings {
  const options = {
    rounds: { type: 'string', default: '25' },
    'round-trip': { type: 'string', default: '30' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  return { rounds: Number(values.rounds), roundTripMs: Number(values['round-trip']) };
}

async function measureAll({ rounds, roundTripMs }: Settings, directory: string): Promise<ColdStartResults['figures']> {
  const backends = await startBackends(directory, roundTripMs);
  try {
    const bundles = await bundleContestants(directory, coldStartContestants);
    const bootstrapFile = await bundleBootstrap(directory, join(import.meta.dirname, 'timed-bootstrap.ts'));
    const measure = (mode: Mode) =>
      measureRounds(rounds, (name) => {
        const { codeDirectory } = bundles[name];
        const environment = backends.environmentIn(codeDirectory, mode, name === 'vend-shared');
        return measureColdStart({ name, bootstrapFile, codeDirectory, environment });
      });
    return {
      loopback: summarizeAll(await measure('loopback')),
      network: summarizeAll(await measure('network')),
      bundleBytes: byContestant((name) => bundles[name].bytes),
    };
  } finally {
    await backends.close();
  }
}
