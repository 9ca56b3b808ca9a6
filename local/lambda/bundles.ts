import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleFunction, bundlerSettings } from '../../infra/bundling.ts';

/** Bundles the function, as it is bundled for AWS, and what runs it here. */
export async function bundleAll(directory: string): Promise<{ codeDirectory: string; bootstrapFile: string }> {
  const codeDirectory = join(directory, 'vend');
  await mkdir(directory, { recursive: true });
  const [bootstrapFile] = await Promise.all([bundleBootstrap(directory), bundleFunction('vend', codeDirectory)]);
  return { codeDirectory, bootstrapFile };
}

/** @returns the bundled file */
export async function bundleBootstrap(directory: string): Promise<string> {
  const outfile = join(directory, 'bootstrap.cjs');
  await build({ ...bundlerSettings, entryPoints: [join(import.meta.dirname, 'bootstrap.ts')], outfile });
  return outfile;
}
