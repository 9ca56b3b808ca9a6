import { mkdir, writeFile } from 'node:fs/promises';
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
  // An import() would load Node's machinery for ES modules, and with node:http all of undici: 17 ms of a cold start.
  supported: { 'dynamic-import': false },
  alias: {
    '@aws-sdk/credential-provider-node': join(root, 'functions/shared/environment-credentials.ts'),
    '@smithy/core/event-streams': join(root, 'functions/shared/no-event-streams.ts'),
  },
};

/**
 * Bundles `functions/{name}/index.ts` into `{outdir}/index.js`; Lambda's handler is `index.handler`. The folder says of
 * itself that it is CommonJS, for it may lie in a package that is not.
 */
export async function bundleFunction(name: string, outdir: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  await build({
    ...bundlerSettings,
    entryPoints: { index: join(root, 'functions', name, 'index.ts') },
    outdir,
    logLevel: 'warning',
  });
}
