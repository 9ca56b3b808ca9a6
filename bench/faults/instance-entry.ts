import { promisify } from 'node:util';
import type { LambdaHandler, ProxyResult } from '../lambda-call.ts';
import { createFastNow } from './fast-clock.ts';

// Every instance of the bench loads this: it makes time run faster, then loads the contestant's function, whose code does
// not notice. It is bundled as CommonJS and replaces those of Node's clocks and timers that the contestants use.

const speed = Number(process.env['BENCH_SPEED']);
const functionTimeoutMs = Number(process.env['BENCH_TIMEOUT_MS']);
const originMs = Number(process.env['BENCH_ORIGIN_MS']);
const now = createFastNow({ originMs, speed });
const inWallMs = (ms: number) => (now() < originMs ? ms : ms / speed);
const startedAtMs = now();
const wallSetTimeout = setTimeout;

// Whole milliseconds, as Date.now gives them.
Date.now = () => Math.floor(now());
Object.defineProperty(performance, 'now', { value: () => now() - startedAtMs });
const sleep = (ms: number) => new Promise<void>((resolve) => wallSetTimeout(resolve, inWallMs(ms)));
const fastSetTimeout = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
  wallSetTimeout(callback, inWallMs(ms), ...args);
globalThis.setTimeout = Object.assign(fastSetTimeout, { [promisify.custom]: sleep }) as unknown as typeof setTimeout;
Object.assign(require('node:timers/promises'), { setTimeout: sleep });

// The bootstrap has loaded this file from a folder that all instances share; each has its own settings file.
process.env['LAMBDA_TASK_ROOT'] = process.env['BENCH_TASK_ROOT'] ?? '';
const contestant: { handler: LambdaHandler } = require(process.env['BENCH_FUNCTION'] ?? '');

/** Of the wall clock. A new process runs code for the first time, which by the fast clock alone could use up its time. */
let graceMs = 500;

/** Kills its process when its time is up by the fast clock, as Lambda would. The start does not count. */
export async function handler(event: object, context: object): Promise<ProxyResult> {
  const invokedAtMs = now();
  const timer = wallSetTimeout(() => process.kill(process.pid, 'SIGKILL'), inWallMs(functionTimeoutMs) + graceMs);
  graceMs = 0;
  const getRemainingTimeInMillis = () => functionTimeoutMs - (now() - invokedAtMs);
  try {
    const result = await contestant.handler(event, { ...context, getRemainingTimeInMillis });
    // For the account: the way here and back is not the function's time.
    const times = { 'x-function-started': String(invokedAtMs), 'x-function-took': String(now() - invokedAtMs) };
    return { ...result, headers: { ...result.headers, ...times } };
  } finally {
    clearTimeout(timer);
  }
}
