import { setTimeout } from 'node:timers/promises';
import { type Environment, loadCopy } from '../instance-copies.ts';
import { buildVendEvent, type LambdaHandler, type ProxyResult } from '../lambda-call.ts';
import { installScaledClock, ScaledClock } from '../scaled-clock.ts';
import { type CallerOutcome, callUntilServed } from './caller.ts';

// Loads some of the instances and calls all of them at the moment that its parent names.

export interface LoadOrder {
  readonly file: string;
  readonly environments: readonly Environment[];
}

export interface StartOrder {
  /** Wall clock, milliseconds since 1970. */
  readonly startAtMs: number;
}

/** From the start on; the copies are loaded at their own speed. */
const clock = new ScaledClock(Number(process.argv[2]));
const { now, inWallMs } = clock;
installScaledClock(clock);

const functionTimeoutMs = 15_000;
const event = buildVendEvent();

function nextMessage<Message>(): Promise<Message> {
  return new Promise((resolve) => process.once('message', (message) => resolve(message as Message)));
}

/** @returns undefined when the call does not settle in time, because Lambda would have ended the instance */
async function invokeOnce(handler: LambdaHandler): Promise<ProxyResult | undefined> {
  const deadlineMs = now() + functionTimeoutMs;
  const timer = new AbortController();
  const timeout = setTimeout(inWallMs(functionTimeoutMs), undefined, { signal: timer.signal }).catch(() => undefined);
  const getRemainingTimeInMillis = () => deadlineMs - now();
  // API Gateway answers 502 when a function throws.
  const answer = handler(event, { awsRequestId: 'storm', getRemainingTimeInMillis }).catch(() => ({
    statusCode: 502,
    body: '',
  }));
  const first = await Promise.race([answer, timeout]);
  timer.abort();
  return first;
}

async function run(): Promise<CallerOutcome[]> {
  const { file, environments } = await nextMessage<LoadOrder>();
  const handlers: LambdaHandler[] = [];
  for (const environment of environments) handlers.push(await loadCopy(file, environment));
  const start = nextMessage<StartOrder>();
  process.send?.('loaded');
  const { startAtMs } = await start;
  await setTimeout(Math.max(0, startAtMs - now()));
  clock.startAt(startAtMs);
  // A timer may fire a millisecond early, and no network between these callers and their instances makes up for it.
  const sleep = (ms: number) => setTimeout(inWallMs(ms) + 1);
  return Promise.all(handlers.map((handler) => callUntilServed({ invoke: () => invokeOnce(handler), now, sleep })));
}

const outcomes = await run();
process.send?.(outcomes, () => process.exit(0));
