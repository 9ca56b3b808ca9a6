import type { ClientsResults } from '../clients/report.ts';
import type { ColdStartResults } from '../cold-start/report.ts';
import type { FaultsResults } from '../faults/report.ts';
import type { LifetimeResults } from '../lifetime/report.ts';
import { readResults } from '../results.ts';
import type { RotationResults } from '../rotation/report.ts';
import type { StormResults } from '../storm/report.ts';
import type { ThroughputResults } from '../throughput/report.ts';
import type { WarmVendResults } from '../warm-vend/report.ts';

/** The results of all parts. */
export interface Published {
  readonly coldStart: ColdStartResults;
  readonly warmVend: WarmVendResults;
  readonly storm: StormResults;
  readonly lifetime: LifetimeResults;
  readonly faults: FaultsResults;
  readonly rotation: RotationResults;
  readonly throughput: ThroughputResults;
  /** Undefined where the languages' tools were missing. */
  readonly clients: ClientsResults | undefined;
}

/** @throws Error when a part has not been run yet */
export async function readPublished(directory: string): Promise<Published> {
  const [coldStart, warmVend, storm, lifetime, faults, rotation, throughput, clients] = await Promise.all([
    readResults<ColdStartResults>(directory, 'cold-start'),
    readResults<WarmVendResults>(directory, 'warm-vend'),
    readResults<StormResults>(directory, 'storm'),
    readResults<LifetimeResults>(directory, 'lifetime'),
    readResults<FaultsResults>(directory, 'faults'),
    readResults<RotationResults>(directory, 'rotation'),
    readResults<ThroughputResults>(directory, 'throughput'),
    readResults<ClientsResults>(directory, 'clients').catch(undefinedIfMissing),
  ]);
  return { coldStart, warmVend, storm, lifetime, faults, rotation, throughput, clients };
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
