// npm run build: dist/esm and dist/cjs, each with its types. The CLI is ESM only.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const directory = import.meta.dirname ?? dirname(new URL(import.meta.url).pathname);
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));

rmSync(join(directory, 'dist'), { recursive: true, force: true });
for (const project of ['tsconfig.json', 'tsconfig.cjs.json']) {
  execFileSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', project], { cwd: directory, stdio: 'inherit' });
}
writeFileSync(join(directory, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
