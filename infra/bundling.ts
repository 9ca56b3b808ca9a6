import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

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

/**
 * The bundles, and what each file in them is made of. Environments with a token store have a vending function of their own. Its
 * `function.js` is loaded by `index.js` while that opens connections.
 */
const bundles = {
  vend: { index: 'vend/index.ts', function: 'vend/function.ts' },
  'vend-with-token-store': { index: 'vend/index.ts', function: 'vend/function-with-token-store.ts' },
  rotate: { index: 'rotate/index.ts' },
  probe: { index: 'probe/index.ts' },
} as const;

export type BundleName = keyof typeof bundles;

/** Leaves `import('./function.ts')` to be resolved when it runs. */
const loadFunctionLater: Plugin = {
  name: 'load-function-later',
  setup({ onResolve }) {
    onResolve({ filter: /\/function\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './function.js', external: true } : undefined,
    );
  },
};

/**
 * Bundles a function into `{outdir}`; Lambda's handler is `index.handler`. The folder declares itself CommonJS, because it may be
 * in a package that is not. The function's `.mjs` files, which are handlers too, are copied unchanged.
 */
export async function bundleFunction(name: BundleName, outdir: string): Promise<void> {
  const entryPoints = Object.fromEntries(
    Object.entries(bundles[name]).map(([file, source]) => [file, join(root, 'functions', source)]),
  );
  const source = join(root, 'functions', dirname(bundles[name].index));
  const isFolderOrModule = (path: string) => path === source || path.endsWith('.mjs');
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  await cp(source, outdir, { recursive: true, filter: isFolderOrModule });
  await build({ ...bundlerSettings, plugins: [loadFunctionLater], entryPoints, outdir, logLevel: 'warning' });
}

/** Makes every bundle in its folder of `directory`. */
export async function bundleFunctions(directory: string): Promise<void> {
  const names = Object.keys(bundles) as BundleName[];
  await Promise.all(names.map((name) => bundleFunction(name, join(directory, name))));
}
