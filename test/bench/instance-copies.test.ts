import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'token-vending-copies-'));
});

afterAll(() => rm(directory, { recursive: true }));

// Jest has a module loader of its own, so copies are loaded in a process that has Node's.
const script = `
const [module, file] = process.argv.slice(1);
const { loadCopy } = await import(module);
const handlers = [await loadCopy(file, { NAME: 'a' }), await loadCopy(file, { NAME: 'b' })];
const answers = await Promise.all([...handlers, ...handlers].map((handler) => handler({}, {})));
process.stdout.write(JSON.stringify([...answers, process.env.NAME]));
`;

/** Two calls of each of two copies, then what the process itself sees. */
async function callTwoCopies(name: string, code: string): Promise<unknown> {
  const file = join(directory, name);
  await writeFile(file, code);
  const module = join(import.meta.dirname, '../../bench/instance-copies.ts');
  const options = { env: { NAME: 'process' } };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script, module, file],
    options,
  );
  return JSON.parse(stdout);
}

const handler = `async () => {
  calls += 1;
  const call = calls;
  await new Promise(setImmediate);
  return [call, atLoad, process.env.NAME];
}`;

const answers = [[1, 'a', 'a'], [1, 'b', 'b'], [2, 'a', 'a'], [2, 'b', 'b'], 'process'];

test('copies of a CommonJS bundle share neither state nor environment variables', async () => {
  const code = `let calls = 0; const atLoad = process.env.NAME; exports.handler = ${handler};`;
  expect(await callTwoCopies('index.cjs', code)).toEqual(answers);
});

test('copies of an ES module that awaits while it loads share neither', async () => {
  const code = `let calls = 0; await new Promise(setImmediate); const atLoad = process.env.NAME; export const handler = ${handler};`;
  expect(await callTwoCopies('index.mjs', code)).toEqual(answers);
});
