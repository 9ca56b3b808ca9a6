import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { buildVendEvent, type LambdaHandler } from '../lambda-call.ts';
import { quantile } from '../statistics.ts';

export interface CallTimes {
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** After so many calls the event loop turns, as it does between two events in Lambda. Its turn is not measured. */
const callsPerBatch = 100;
const timeoutMs = 15_000;
const event = buildVendEvent();

/**
 * Processor time of this process, all threads, milliseconds. It stands still while another process has the core or while
 * this one waits for a full pipe.
 */
const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * Reads the processor's clock once per batch, because one reading costs more than many a call.
 *
 * @param calls made in whole batches of a hundred
 * @returns the mean processor time per call, microseconds
 */
export async function measureCost(handler: LambdaHandler, calls: number, now = processorTime): Promise<number> {
  const batches = Math.ceil(calls / callsPerBatch);
  let sumMs = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const contexts = createContexts();
    const startedAtMs = now();
    for (const context of contexts) assertAnswered(await handler(event, context));
    sumMs += now() - startedAtMs;
    await setImmediate();
  }
  return (sumMs * 1000) / (batches * callsPerBatch);
}

const wallTime = () => performance.now();

/** Reads the wall clock around each call: every time includes one reading of it. */
export async function measureEach(handler: LambdaHandler, calls: number, now = wallTime): Promise<CallTimes> {
  const batches = Math.ceil(calls / callsPerBatch);
  const micros: number[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    for (const context of createContexts()) {
      const startedAtMs = now();
      const answer = await handler(event, context);
      micros.push((now() - startedAtMs) * 1000);
      assertAnswered(answer);
    }
    await setImmediate();
  }
  return { p50Micros: quantile(micros, 0.5), p99Micros: quantile(micros, 0.99) };
}

/** A new context per call, as Lambda's runtime makes it, created before the clock starts. */
function createContexts(): object[] {
  const deadlineMs = Date.now() + timeoutMs;
  return Array.from({ length: callsPerBatch }, () => ({
    awsRequestId: randomUUID(),
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:bench',
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  }));
}

function assertAnswered({ statusCode }: { readonly statusCode: number }): void {
  if (statusCode !== 200) throw new Error(`A call was answered ${statusCode}.`);
}
