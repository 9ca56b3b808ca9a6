import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleBootstrap } from '../../local/lambda/bundles.ts';
import { bundleContestants, writeVendSettings } from '../contestants/contestants.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { type Mode, startBackends } from './backends.ts';
import { measureColdStart } from './measure-cold-start.ts';
import { print, write } from './report.ts';
import { coldStartContestants, measureRounds } from './rounds.ts';

/**
 * How long it takes from nothing to a token: a fresh process loads the bundle, asks Lambda's Runtime API for an
 * invocation, and answers the one that waits there. Beside it the least that this can take, what one might use instead,
 * and handlers that do nothing. In each round every contestant has one turn, all alone, and what is compared is compared
 * within a round. First both backends are on loopback; then TLS and a network lie before each of them.
 *
 * The clock starts when the function begins to load. What Node itself takes to start is the same for all and would only
 * make them look alike; "from spawn" has it in it. Missed targets are printed and do not fail the run; a contestant that
 * answers no token does.
 *
 * - `--rounds`: how many, of each mode; one more comes first and does not count.
 * - `--round-trip`: of the network, milliseconds.
 */
export async function runColdStart(args: readonly string[]): Promise<void> {
  const options = {
    rounds: { type: 'string', default: '25' },
    'round-trip': { type: 'string', default: '30' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const settings = { rounds: Number(values.rounds), roundTripMs: Number(values['round-trip']) };
  await inTemporaryDirectory(async (directory) => {
    const backends = await startBackends(directory, settings.roundTripMs);
    try {
      const bundles = await bundleContestants(directory, coldStartContestants);
      const entryPoint = join(import.meta.dirname, 'timed-bootstrap.ts');
      const bootstrapFile = await bundleBootstrap(directory, entryPoint);
      const measure = (mode: Mode) => {
        const environment = backends.environments[mode];
        writeVendSettings(bundles.vend.codeDirectory, environment['TOKEN_URL'] ?? '');
        return measureRounds(settings.rounds, (name) => {
          const { codeDirectory } = bundles[name];
          return measureColdStart({ name, bootstrapFile, codeDirectory, environment });
        });
      };
      const measured = { loopback: await measure('loopback'), network: await measure('network') };
      print(settings, bundles, measured);
      await write(settings, bundles, measured);
    } finally {
      await backends.close();
    }
  });
}
