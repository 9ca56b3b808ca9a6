import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFunction } from '../../infra/bundling.ts';
import { bundleBootstrap, bundleFile } from '../../local/lambda/bundles.ts';

export const contestants = { vend: 'vend', naive: 'naive cache', 'prove-sdk': "Prove SDK's hook" } as const;

export type ContestantName = keyof typeof contestants;

export interface Bundles {
  readonly bootstrapFile: string;
  /** Folder of `instance-entry.ts`. */
  readonly codeDirectory: string;
  readonly functionFiles: Readonly<Record<ContestantName, string>>;
}

/** Bundles all of them with the settings that the deployed function is bundled with. */
export async function bundleContestants(directory: string): Promise<Bundles> {
  const here = import.meta.dirname;
  const codeDirectory = join(directory, 'entry');
  await mkdir(directory, { recursive: true });
  const [bootstrapFile, , , naive, proveSdk] = await Promise.all([
    bundleBootstrap(directory),
    bundleFunction('vend', join(directory, 'vend')),
    bundleFile(join(here, 'instance-entry.ts'), join(codeDirectory, 'index.js')),
    bundleFile(join(here, 'naive-handler.ts'), join(directory, 'naive.cjs')),
    bundleFile(join(here, 'prove-sdk-handler.ts'), join(directory, 'prove-sdk.cjs')),
  ]);
  const functionFiles = { vend: join(directory, 'vend', 'index.js'), naive, 'prove-sdk': proveSdk };
  return { bootstrapFile, codeDirectory, functionFiles };
}
