import { parseArgs } from 'node:util';
import { type SteadyBackends, startSteadyBackends } from '../backends/steady-backends.ts';
import { type Bundle, bundleContestants, type ContestantName } from '../contestants/contestants.ts';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { type Round, summarizeAll, type VariantFigures } from './figures.ts';
import { type MemoryGrowth, warmUpCalls } from './measurements.ts';
import { formatWarmVend, judgeWarmVend, type Settings, type WarmVendResults } from './report.ts';
import { runProcess } from './run-process.ts';
import { type Variant, type VariantName, variantNames, variants } from './variants.ts';

/**
 * Measures what a vend from memory costs. Every round runs each variant in a fresh process. It first adds up the processor
 * time of all calls, read once per hundred: the ratios come from it. Then it reads the wall clock around each call, for
 * the percentiles; such a reading alone takes about as long as a handler that does nothing. A call that is not answered
 * 200 fails the run, and so does a token obtained twice or a log line too many or too few.
 *
 * - `--vends`: calls measured for the processor time, and as many again for the percentiles.
 * - `--rounds`: how many.
 * - `--memory`: vends after which the memory is compared with that after a tenth of them.
 */
export async function runWarmVend(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const backends = await startSteadyBackends();
    try {
      const figures = await measureAll(settings, directory, backends);
      const results: WarmVendResults = await writeResults('warm-vend', settings, figures);
      printSection(formatWarmVend(results), judgeWarmVend(results));
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

type Bundles = Readonly<Partial<Record<ContestantName, Bundle>>> & { readonly vend: Bundle };

async function measureAll(
  settings: Settings,
  directory: string,
  backends: SteadyBackends,
): Promise<WarmVendResults['figures']> {
  const names = new Set<ContestantName>(variantNames.map((name) => variants[name].contestant));
  const bundles = (await bundleContestants(directory, [...names])) as Bundles;
  const rounds: Round[] = [];
  for (let round = 0; round < settings.rounds; round += 1) {
    rounds.push(await measureRound(bundles, backends, settings.vends));
  }
  const memory = await measureMemory(bundles.vend, backends, settings.memoryVends);
  return { variants: summarizeAll(rounds), rounds, memory };
}

async function measureRound(bundles: Bundles, backends: SteadyBackends, calls: number): Promise<Round> {
  const round: Partial<Record<VariantName, VariantFigures>> = {};
  for (const name of variantNames) {
    const { title, contestant, tokens, lines, logLevel, ...variant }: Variant = variants[name];
    const issuedBefore = backends.issued;
    const { file, codeDirectory } = bundles[contestant] ?? bundles.vend;
    const environment = { ...backends.environmentIn(codeDirectory, logLevel), ...variant.environment };
    const { measured, logLines } = await runProcess({ kind: 'times', title, file, calls, environment });
    const obtained = backends.issued - issuedBefore;
    if (obtained !== tokens) throw new Error(`${title} obtained ${obtained} tokens, expected ${tokens}.`);
    const logLinesPerCall = logLines / (warmUpCalls + 2 * calls);
    if (Math.round(logLinesPerCall) !== lines) throw new Error(`${title} wrote ${logLinesPerCall} lines per call.`);
    round[name] = { ...measured, logLinesPerCall };
  }
  return round as Round;
}

async function measureMemory(
  { file, codeDirectory }: Bundle,
  backends: SteadyBackends,
  calls: number,
): Promise<MemoryGrowth> {
  const environment = backends.environmentIn(codeDirectory);
  return (await runProcess({ kind: 'memory', title: 'memory', file, calls, environment })).measured;
}
