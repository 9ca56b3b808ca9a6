import { bundleBootstrap } from '../../local/lambda/bundles.ts';
import type { Backends } from '../contestants/backends.ts';
import { bundleContestants, writeVendSettings } from '../contestants/contestants.ts';
import { type MeasuredStack, startAlone, startWithInstances } from './measured-stack.ts';
import { type ClientsFigures, runClients } from './run-clients.ts';

export interface Settings {
  /** Their numbers. */
  readonly instances: readonly number[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** What is behind the gateway. */
export type Behind = 'nothing' | 'bare' | 'vend';

export interface Row extends ClientsFigures {
  readonly behind: Behind;
  readonly instances: number;
  readonly inFlight: number;
}

/** @param directory takes the bundles */
export async function measureRows(settings: Settings, directory: string, backends: Backends): Promise<Row[]> {
  const bundles = await bundleContestants(directory, ['bare', 'vend']);
  writeVendSettings(bundles.vend.codeDirectory, backends.environment['TOKEN_URL'] ?? '');
  const bootstrapFile = await bundleBootstrap(directory);
  const mostInFlight = inFlightFor(Math.max(...settings.instances));
  const rows = [await measure('nothing', 0, mostInFlight, settings, startAlone)];
  for (const instances of settings.instances) {
    for (const behind of ['bare', 'vend'] as const) {
      const code = { codeDirectory: bundles[behind].codeDirectory, bootstrapFile, environment: backends.environment };
      const start = () => startWithInstances(code, instances);
      const issuedBefore = backends.issued;
      rows.push(await measure(behind, instances, inFlightFor(instances), settings, start));
      assertFromMemory(backends.issued - issuedBefore, behind === 'vend' ? instances : 0);
    }
  }
  return rows;
}

/** One is served while the next one waits at the gateway. */
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
    const load = { inFlight, warmUpMs: warmUpSeconds * 1000, measuredMs: seconds * 1000 };
    return { behind, instances, inFlight, ...(await runClients({ request, ...load })) };
  } finally {
    await close();
  }
}

function assertFromMemory(obtained: number, instances: number): void {
  if (obtained !== instances) throw new Error(`${instances} instances obtained ${obtained} tokens, not one each.`);
}
