import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { warmUpCalls } from '../../../bench/warm-vend/measurements.ts';
import { runProcess } from '../../../bench/warm-vend/run-process.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'token-vending-bench-'));
});

afterAll(() => rm(directory, { recursive: true }));

test.each([
  ['index.mjs', 'export const handler = '],
  ['index.cjs', 'module.exports["hand" + "ler"] = '],
])('measures the handler of %s and counts the lines it writes', async (name, exported) => {
  const file = join(directory, name);
  const write = 'process.getBuiltinModule("node:fs").writeSync(1, "a line\\n");';
  await writeFile(file, `${exported} async () => { ${write} return { statusCode: 200 }; };`);
  const { measured, logLines } = await runProcess({ kind: 'times', title: name, file, calls: 200, environment: {} });
  expect(logLines).toBe(warmUpCalls + 2 * 200);
  expect(measured.cpuMicros).toBeGreaterThan(0);
});
