import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
    '@aws-sdk/credential-provider-node': join(root, 'functions/shared/aws/environment-credentials.ts'),
    '@smithy/core/event-streams': join(root, 'functions/shared/aws/no-event-streams.ts'),
  },
};

/** Each function's bundles, and what they are made of. Environments with a token store run a vending function of their own. */
const entryPoints = {
  vend: 'vend/index.ts',
  'vend-with-token-store': 'vend/index-with-token-store.ts',
  rotate: 'rotate/index.ts',
  probe: 'probe/index.ts',
} as const;

export type BundleName = keyof typeof entryPoints;

/**
 * Bundles a function into `{outdir}/index.js`; Lambda's handler is `index.handler`. The folder declares itself CommonJS, because
 * it may be in a package that is not. The function's `.mjs` files, which are handlers too, are copied unchanged.
 */
export async function bundleFunction(name: BundleName, outdir: string): Promise<void> {
  const entryPoint = join(root, 'functions', entryPoints[name]);
  const source = dirname(entryPoint);
  const isFolderOrModule = (path: string) => path === source || path.endsWith('.mjs');
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  await cp(source, outdir, { recursive: true, filter: isFolderOrModule });
  await build({ ...bundlerSettings, entryPoints: { index: entryPoint }, outdir, logLevel: 'warning' });
}

/** Makes every bundle in its folder of `directory`. */
export async function bundleFunctions(directory: string): Promise<void> {
  const names = Object.keys(entryPoints) as BundleName[];
  await Promise.all(names.map((name) => bundleFunction(name, join(directory, name))));
}
