import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** How the functions are bundled, both for AWS and for the local stack. */
export const bundlerSettings: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // The packages' ES modules, of which unused parts can be dropped.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  // An import() would load Node's machinery for ES modules, and with node:http all of undici: 17 ms of a cold start.
  supported: { 'dynamic-import': false },
  alias: {
    '@aws-sdk/credential-provider-node': join(root, 'functions/shared/secrets/environment-credentials.ts'),
    '@smithy/core/event-streams': join(root, 'functions/shared/secrets/no-event-streams.ts'),
  },
};

/**
 * Bundles `functions/{name}/index.ts` into `{outdir}/index.js`; Lambda's handler is `index.handler`. The folder
 * declares itself CommonJS, because it may be in a package that is not. The function's `.mjs` files, which are handlers too, are
 * copied unchanged.
 */
export async function bundleFunction(name: string, outdir: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  const source = join(root, 'functions', name);
  const isFolderOrModule = (path: string) => path === source || path.endsWith('.mjs');
  await cp(source, outdir, { recursive: true, filter: isFolderOrModule });
  await build({
    ...bundlerSettings,
    entryPoints: { index: join(source, 'index.ts') },
    outdir,
    logLevel: 'warning',
  });
}

/** Bundles every function into its folder of `directory`. */
export async function bundleFunctions(directory: string): Promise<void> {
  await Promise.all(['vend', 'rotate'].map((name) => bundleFunction(name, join(directory, name))));
}
