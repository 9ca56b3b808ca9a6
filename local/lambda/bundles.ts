import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleFunction, bundlerSettings } from '../../infra/bundling.ts';

export interface Bundles {
  readonly bootstrapFile: string;
  readonly vendDirectory: string;
  readonly rotateDirectory: string;
}

/** Bundles the functions as for AWS, and the bootstrap that runs them here. */
export async function bundleAll(directory: string, hasTokenStore = false): Promise<Bundles> {
  const vendDirectory = join(directory, 'vend');
  const rotateDirectory = join(directory, 'rotate');
  await mkdir(directory, { recursive: true });
  const [bootstrapFile] = await Promise.all([
    bundleBootstrap(directory),
    bundleFunction(hasTokenStore ? 'vend-with-token-store' : 'vend', vendDirectory),
    bundleFunction('rotate', rotateDirectory),
  ]);
  return { bootstrapFile, vendDirectory, rotateDirectory };
}

/**
 * @param entryPoint a module that imports `bootstrap.ts`, if something has to happen before it runs
 * @returns the bundled file
 */
export async function bundleBootstrap(
  directory: string,
  entryPoint = join(import.meta.dirname, 'bootstrap.ts'),
): Promise<string> {
  const outfile = join(directory, 'bootstrap.cjs');
  // It has to load ES modules too.
  await build({ ...bundlerSettings, supported: {}, entryPoints: [entryPoint], outfile });
  return outfile;
}

/** @returns `outfile` */
export async function bundleFile(entryPoint: string, outfile: string): Promise<string> {
  await build({ ...bundlerSettings, entryPoints: [entryPoint], outfile });
  return outfile;
}
