import { parseArgs } from 'node:util';
import { type Backends, startBackends } from '../contestants/backends.ts';
import { type Bundle, bundleContestants, type ContestantName } from '../contestants/contestants.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import type { Round, RoundTimes } from './figures.ts';
import { type MemoryGrowth, warmUpCalls } from './measurements.ts';
import { print, type Settings, write } from './report.ts';
import { runProcess } from './run-process.ts';
import { measuredContestants, type VariantName, variantNames, variantOf } from './variants.ts';

/**
 * How much a vend from memory costs, beside handlers that do nothing and what one might use instead. Every round runs
 * each variant in a fresh process, one after the other, and calls its handler over and over, warmed up. First it adds up
 * the processor time of all calls, read once in a hundred: from it come calls a second and core, and the ratios, which are
 * those within a round. Then it reads the wall clock around each call, for the percentiles; such a reading alone takes about
 * as long as a handler that does nothing. What is shown are medians of the rounds.
 *
 * This service writes one log line a vend. No peer does, nor does it itself at `AWS_LAMBDA_LOG_LEVEL=WARN`: the row for a
 * comparison like for like. Missed targets are printed and do not fail the run; a call that is not answered 200, or a token
 * that is obtained a second time, does.
 *
 * - `--vends`: measured calls for the processor time, and once more as many for the percentiles.
 * - `--rounds`: how many.
 * - `--memory`: vends after which the memory is compared with that after a tenth of them.
 */
export async function runWarmVend(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const backends = await startBackends();
    try {
      const bundles = await bundleContestants(directory, measuredContestants);
      const rounds: Round[] = [];
      for (let round = 0; round < settings.rounds; round += 1) {
        rounds.push(await measureRound(bundles, backends, settings.vends));
      }
      const memory = await measureMemory(bundles.vend, backends, settings.memoryVends);
      print(settings, rounds, memory);
      await write(settings, rounds, memory);
    } finally {
      await backends.close();
    }
  });
}

function parseSettings(args: readonly string[]): Settings {
  const options = {
    vends: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    memory: { type: 'string', default: '1000000' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  return { vends: Number(values.vends), rounds: Number(values.rounds), memoryVends: Number(values.memory) };
}

async function measureRound(
  bundles: Readonly<Partial<Record<ContestantName, Bundle>>>,
  backends: Backends,
  calls: number,
): Promise<Round> {
  const round: Partial<Record<VariantName, RoundTimes>> = {};
  for (const name of variantNames) {
    const { title, contestant, tokens, ...variant } = variantOf(name);
    const issuedBefore = backends.issued;
    const environment = { ...backends.environment, ...variant.environment };
    const file = bundles[contestant]?.file ?? '';
    const { measured, logLines } = await runProcess({ kind: 'times', title, file, calls, environment });
    const obtained = backends.issued - issuedBefore;
    if (obtained !== tokens) throw new Error(`${title}: obtained ${obtained} tokens where ${tokens} had to do.`);
    round[name] = { ...measured, logLinesPerCall: logLines / (warmUpCalls + 2 * calls) };
  }
  return round as Round;
}

async function measureMemory({ file }: Bundle, { environment }: Backends, calls: number): Promise<MemoryGrowth> {
  return (await runProcess({ kind: 'memory', title: 'memory', file, calls, environment })).measured;
}
