import { bundleBootstrap } from '../../local/lambda/bundles.ts';
import type { SteadyBackends } from '../backends/steady-backends.ts';
import { bundleContestants } from '../contestants/contestants.ts';
import { type GatewayFigures, runLoad } from './load.ts';
import { type MeasuredStack, startAlone, startWithInstances } from './measured-stack.ts';
import type { Behind, Row, Settings } from './report.ts';

/** @param directory takes the bundles */
export async function measureRows(settings: Settings, directory: string, backends: SteadyBackends): Promise<Row[]> {
  const bundles = await bundleContestants(directory, ['bare', 'vend']);
  const bootstrapFile = await bundleBootstrap(directory);
  const mostInFlight = inFlightFor(Math.max(...settings.instances));
  const rows = [await measure('nothing', 0, mostInFlight, settings, startAlone)];
  for (const instances of settings.instances) {
    for (const behind of ['bare', 'vend'] as const) {
      const { codeDirectory } = bundles[behind];
      const code = { codeDirectory, bootstrapFile, environment: backends.environmentIn(codeDirectory) };
      const start = () => startWithInstances(code, instances);
      const issuedBefore = backends.issued;
      rows.push(await measure(behind, instances, inFlightFor(instances), settings, start));
      assertFromMemory(backends.issued - issuedBefore, behind === 'vend' ? instances : 0);
    }
  }
  return rows;
}

/** An instance serves one request while the next one waits at the gateway. */
function inFlightFor(instances: number): number {
  return 2 * instances;
}

async function measure(
  behind: Behind,
  instances: number,
  inFlight: number,
  { seconds, warmUpSeconds }: Settings,
  start: () => Promise<MeasuredStack>,
): Promise<Row> {
  const { request, close } = await start();
  try {
    const figures: GatewayFigures = await runLoad({ request, inFlight, warmUpSeconds, seconds });
    return { behind, instances, inFlight, ...figures };
  } finally {
    await close();
  }
}

function assertFromMemory(obtained: number, instances: number): void {
  if (obtained !== instances) throw new Error(`${instances} instances obtained ${obtained} tokens, not one each.`);
}
