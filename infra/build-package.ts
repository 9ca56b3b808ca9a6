// npm run build:package [-- DIRECTORY]: `dist` of the package, in its own folder or in that one.
import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundleFunctions } from './bundling.ts';

const directory = join(import.meta.dirname, 'package');
const target = resolve(process.argv[2] ?? join(directory, 'dist'));
const tsc = join(directory, '../../node_modules/typescript/bin/tsc');

await rm(target, { recursive: true, force: true });
await Promise.all([
  bundleFunctions(join(target, 'bundles')),
  // CommonJS, as aws-cdk-lib is: Node 20 cannot require ES modules, and CommonJS can be imported as well.
  build({
    entryPoints: [join(directory, 'index.ts')],
    outfile: join(target, 'index.js'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'warning',
  }),
]);
await writeFile(join(target, 'package.json'), '{"type":"commonjs"}\n');
execFileSync(process.execPath, [tsc, '-p', directory, '--outDir', join(target, 'types')], { stdio: 'inherit' });
