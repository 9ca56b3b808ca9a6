import type { LambdaHandler, ProxyResult } from '../lambda-call.ts';
import { installScaledClock, ScaledClock } from '../scaled-clock.ts';

// Every instance of the bench loads this: it makes time run faster, then loads the contestant's function, whose code does
// not notice.

const functionTimeoutMs = Number(process.env['BENCH_TIMEOUT_MS']);
const clock = new ScaledClock(Number(process.env['BENCH_SPEED']), Number(process.env['BENCH_ORIGIN_MS']));
const { now, inWallMs } = clock;
const wallSetTimeout = installScaledClock(clock);

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
