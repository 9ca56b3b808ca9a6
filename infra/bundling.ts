import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** How the functions are bundled, wherever they run: in AWS and in the local stack. */
export const bundlerSettings: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // The packages' ES modules, of which unused parts can be dropped.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  alias: { '@aws-sdk/credential-provider-node': join(root, 'functions/shared/environment-credentials.ts') },
};

/** Bundles `functions/{name}/index.ts` into `{outdir}/index.js`; Lambda's handler is `index.handler`. */
export async function bundleFunction(name: string, outdir: string): Promise<void> {
  await build({
    ...bundlerSettings,
    entryPoints: { index: join(root, 'functions', name, 'index.ts') },
    outdir,
    // The project is an ES module package; beside the bundle nothing says so.
    logLevel: 'warning',
  });
}
