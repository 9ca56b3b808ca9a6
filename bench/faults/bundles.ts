import { join } from 'node:path';
import { bundleBootstrap, bundleFile } from '../../local/lambda/bundles.ts';
import { type Bundle, bundleContestants } from '../contestants/contestants.ts';
import type { FaultContestant } from './report.ts';

export interface FaultBundles {
  readonly bootstrapFile: string;
  /** Folder of the bundled `instance-entry.ts`, which loads one of the functions. */
  readonly codeDirectory: string;
  readonly functions: Readonly<Partial<Record<FaultContestant, Bundle>>>;
  /** Takes the instances' settings. */
  readonly settingsDirectory: string;
}

export async function bundleAll(directory: string, names: readonly FaultContestant[]): Promise<FaultBundles> {
  const codeDirectory = join(directory, 'entry');
  const functions = await bundleContestants(directory, names);
  const bootstrapFile = await bundleBootstrap(directory);
  await bundleFile(join(import.meta.dirname, 'instance-entry.ts'), join(codeDirectory, 'index.js'));
  return { bootstrapFile, codeDirectory, functions, settingsDirectory: join(directory, 'settings') };
}
