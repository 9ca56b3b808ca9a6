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
export function bundleBootstrap(directory: string): Promise<string> {
  return bundleFile(join(import.meta.dirname, 'bootstrap.ts'), join(directory, 'bootstrap.cjs'));
}

/** @returns `outfile` */
export async function bundleFile(entryPoint: string, outfile: string): Promise<string> {
  await build({ ...bundlerSettings, entryPoints: [entryPoint], outfile });
  return outfile;
}
