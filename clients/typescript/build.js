// npm run build [-- DIRECTORY]: esm and cjs, each with its types, in `dist` or that directory. The CLI is ESM only.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(directory, 'dist'));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

rmSync(target, { recursive: true, force: true });
for (const [format, project] of Object.entries({ esm: 'tsconfig.json', cjs: 'tsconfig.cjs.json' })) {
  const args = [tsc, '-p', join(directory, project), '--outDir', join(target, format)];
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}
writeFileSync(join(target, 'cjs/package.json'), '{ "type": "commonjs" }\n');
