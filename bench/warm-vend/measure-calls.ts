import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { buildVendEvent } from '../../test/support/rest-event.ts';
import { quantile } from '../statistics.ts';

export type LambdaHandler = (event: object, context: object) => Promise<{ readonly statusCode: number }>;

export interface CallTimes {
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** After so many calls the event loop turns, as in Lambda it does between two events. Its turn is not measured. */
const callsABatch = 100;
const timeoutMs = 15_000;
const event = buildVendEvent('prove');

/** Of this process, all threads, milliseconds. It stands still while others have the core or a full pipe is awaited. */
const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * Reads the processor's clock once a batch, because a reading costs more than many a call.
 *
 * @param calls made in whole batches of a hundred
 * @returns microseconds of processor time a call, the mean of all
 */
export async function measureCost(handler: LambdaHandler, calls: number, now = processorTime): Promise<number> {
  const batches = Math.ceil(calls / callsABatch);
  let sumMs = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const contexts = createContexts();
    const startedAtMs = now();
    for (const context of contexts) assertAnswered(await handler(event, context));
    sumMs += now() - startedAtMs;
    await setImmediate();
  }
  return (sumMs * 1000) / (batches * callsABatch);
}

const wallTime = () => performance.now();

/** Reads the wall clock around each call: all times have one reading of it in them. */
export async function measureEach(handler: LambdaHandler, calls: number, now = wallTime): Promise<CallTimes> {
  const batches = Math.ceil(calls / callsABatch);
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

/** A new one for each call, made as Lambda's runtime makes it, beforehand. */
function createContexts(): object[] {
  const deadlineMs = Date.now() + timeoutMs;
  return Array.from({ length: callsABatch }, () => ({
    awsRequestId: randomUUID(),
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:bench',
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  }));
}

function assertAnswered({ statusCode }: { readonly statusCode: number }): void {
  if (statusCode !== 200) throw new Error(`A call was answered ${statusCode}.`);
}
