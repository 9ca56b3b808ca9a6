import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figures as ColdStartFigures } from '../cold-start/figures.ts';
import type { ColdStartContestant } from '../cold-start/rounds.ts';
import type { FaultContestant } from '../faults/fault-contestants.ts';
import type { Figures as FaultFigures } from '../faults/figures.ts';
import type { Results } from '../results.ts';
import type { Storm } from '../storm/figures.ts';
import type { Target } from '../targets.ts';
import type { Figures as WarmVendFigures } from '../warm-vend/figures.ts';
import type { VariantName } from '../warm-vend/variants.ts';

type ColdStarts = Readonly<Record<ColdStartContestant, ColdStartFigures & { readonly timesFloor: number }>>;

/** What the report is made of: the results of four parts, as they lie in the folder. */
export interface Published {
  readonly coldStart: Results<
    { readonly rounds: number; readonly roundTripMs: number },
    {
      readonly loopback: ColdStarts;
      readonly network: ColdStarts;
      readonly bundleBytes: Readonly<Record<ColdStartContestant, number>>;
      readonly targets: readonly Target[];
    }
  >;
  readonly warmVend: Results<
    { readonly rounds: number; readonly vends: number },
    {
      readonly variants: Readonly<Record<VariantName, WarmVendFigures>>;
      readonly targets: readonly Target[];
    }
  >;
  readonly storm: Results<object, { readonly storms: readonly Storm[]; readonly targets: readonly Target[] }>;
  readonly faults: Results<object, Readonly<Record<FaultContestant, FaultFigures>>>;
}

/** @throws when a part has not been run yet */
export async function readPublished(directory: string): Promise<Published> {
  const read = async (part: string) => JSON.parse(await readFile(join(directory, `${part}.json`), 'utf8'));
  const parts = ['cold-start', 'warm-vend', 'storm', 'faults'];
  const [coldStart, warmVend, storm, faults] = await Promise.all(parts.map(read));
  return { coldStart, warmVend, storm, faults };
}
