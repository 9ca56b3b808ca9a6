import { join } from 'node:path';
import { bundleBootstrap, bundleFile } from '../../local/lambda/bundles.ts';
import { type Bundle, bundleContestants } from '../contestants/contestants.ts';

export const faultContestants = ['vend', 'naive', 'prove-sdk'] as const;

export type FaultContestant = (typeof faultContestants)[number];

export interface FaultBundles {
  readonly bootstrapFile: string;
  /** Folder of `instance-entry.ts`, which loads one of the functions. */
  readonly codeDirectory: string;
  readonly functions: Readonly<Record<FaultContestant, Bundle>>;
}

export async function bundleFaultContestants(directory: string): Promise<FaultBundles> {
  const codeDirectory = join(directory, 'entry');
  const functions = await bundleContestants(directory, faultContestants);
  const bootstrapFile = await bundleBootstrap(directory);
  await bundleFile(join(import.meta.dirname, 'instance-entry.ts'), join(codeDirectory, 'index.js'));
  return { bootstrapFile, codeDirectory, functions };
}
