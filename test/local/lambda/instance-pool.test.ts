import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Instance, startInstance } from '../../../local/lambda/instance.ts';
import { InstancePool } from '../../../local/lambda/instance-pool.ts';
import { FunctionError } from '../../../local/lambda/runtime-api.ts';
import { type LoopbackServer, listenOnLoopback } from '../../../local/loopback-server.ts';
import { createFunctionFolder, type FunctionFolder, isRunning } from './function-folder.ts';

/** A function that tells the test when it runs, and answers when the test allows it. */
const gatedFunction = `
const { get } = require('node:http');
let count = 0;
exports.handler = async ({ gate, exit }) => {
  count += 1;
  if (exit) process.exit(1);
  if (gate) await new Promise((resolve) => get(gate, (response) => response.resume().on('end', resolve)));
  return { pid: process.pid, count };
}`;

let folder: FunctionFolder;
let gateServer: LoopbackServer;
const held: { release: () => void }[] = [];
let onHeld = () => {};
beforeAll(async () => {
  folder = await createFunctionFolder();
  gateServer = await listenOnLoopback(async (_request, response) => {
    held.push({ release: () => response.end() });
    onHeld();
  });
});
afterAll(async () => {
  await gateServer.close();
  await folder.remove();
});

let pool: InstancePool;
let started: Instance[] = [];
afterEach(async () => {
  await pool.close();
  for (const { pid } of started) expect(isRunning(pid)).toBe(false);
  started = [];
  held.length = 0;
});

async function createPool(code: string, maxInstances: number): Promise<void> {
  const settings = await folder.write(code);
  pool = new InstancePool(async () => {
    const instance = await startInstance(settings);
    started.push(instance);
    return instance;
  }, maxInstances);
}

interface Answer {
  readonly pid: number;
  readonly count: number;
}

function invoke(event: object = {}): Promise<Answer> {
  return pool.invoke(event) as Promise<Answer>;
}

function invokeGated(): Promise<Answer> {
  return invoke({ gate: gateServer.url });
}

/** Resolves when that many invocations are waiting. */
function untilHeld(count: number): Promise<void> {
  return new Promise((resolve) => {
    onHeld = () => {
      if (held.length >= count) resolve();
    };
    onHeld();
  });
}

test('sequential requests are served by one instance', async () => {
  await createPool(gatedFunction, 4);
  const [first, second] = [await invoke(), await invoke()];
  expect([first.count, second.count]).toEqual([1, 2]);
  expect(second.pid).toBe(first.pid);
  expect(pool.size).toBe(1);
});

test('a request that finds all instances busy starts one with its own memory', async () => {
  await createPool(gatedFunction, 4);
  const running = [invokeGated(), invokeGated()];
  await untilHeld(2);
  expect(pool.size).toBe(2);
  for (const { release } of held) release();
  const [first, second] = (await Promise.all(running)) as [Answer, Answer];
  expect(first.pid).not.toBe(second.pid);
  expect([first.count, second.count]).toEqual([1, 1]);
});

test('the instance that was used last serves next', async () => {
  await createPool(gatedFunction, 4);
  const running = [invokeGated(), invokeGated()];
  await untilHeld(2);
  for (const { release } of held) release();
  await Promise.all(running);
  const { pid } = await invoke();
  for (const _again of [1, 2, 3]) expect(await invoke()).toMatchObject({ pid });
});

test('beyond the maximum, requests wait for their turn', async () => {
  await createPool(gatedFunction, 2);
  const running = Array.from({ length: 5 }, invokeGated);
  await untilHeld(2);
  expect(pool.size).toBe(2);
  for (let next = 0; next < running.length; next += 1) {
    await untilHeld(next + 1);
    held[next]?.release();
  }
  const answers = await Promise.all(running);
  expect(pool.size).toBe(2);
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
});

test('when a process ends, its request fails, and a waiting request gets a new instance', async () => {
  await createPool(gatedFunction, 1);
  const failing = expect(invoke({ exit: true })).rejects.toThrow(FunctionError);
  const waiting = [invoke(), invoke()];
  await failing;
  expect(await Promise.all(waiting)).toMatchObject([{ count: 1 }, { count: 2 }]);
  expect(started).toHaveLength(2);
  expect(pool.size).toBe(1);
});

test('when the function cannot start, each request fails', async () => {
  await createPool('throw new Error("bad settings")', 1);
  const outcomes = await Promise.allSettled([invoke(), invoke(), invoke()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(outcomes[2]).toMatchObject({ reason: { message: 'Error: bad settings' } });
});

test('an instance whose process ended while it was idle is not used again', async () => {
  await createPool(gatedFunction, 1);
  const { pid } = await invoke();
  process.kill(pid, 'SIGKILL');
  await started[0]?.ended;
  expect((await invoke()).pid).not.toBe(pid);
});

test('an instance that cannot be started frees its place', async () => {
  const settings = await folder.write(gatedFunction);
  let attempts = 0;
  pool = new InstancePool(async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('no more files');
    return startInstance(settings);
  }, 1);
  const [first, second] = await Promise.allSettled([invoke(), invoke()]);
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'no more files' } });
  expect(second).toMatchObject({ status: 'fulfilled', value: { count: 1 } });
});

test('closing fails running and waiting requests, and nothing starts afterwards', async () => {
  await createPool(gatedFunction, 1);
  const running = [invokeGated(), invokeGated()];
  const settled = Promise.allSettled(running);
  await untilHeld(1);
  await pool.close();
  const outcomes = await settled;
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(invoke()).rejects.toThrow(FunctionError);
  expect(started).toHaveLength(1);
});
