import type { LambdaHandler } from '../lambda-call.ts';
import { type CallTimes, measureCost, measureEach } from './measure-calls.ts';

export interface Times extends CallTimes {
  /** Mean processor time per call. */
  readonly cpuMicros: number;
}

/** After a garbage collection, KiB. */
export interface MemoryUse {
  readonly heapKb: number;
  readonly rssKb: number;
}

export interface MemoryGrowth {
  readonly afterTenth: MemoryUse;
  readonly afterAll: MemoryUse;
}

export interface Measurements {
  readonly times: Times;
  readonly memory: MemoryGrowth;
}

/** A warm call does not include what the first call loads, nor what V8 compiles once it has run often. */
export const warmUpCalls = 20_000;

/** Each takes a number of calls; `times` makes that many twice. */
export const measurements: {
  readonly [Kind in keyof Measurements]: (handler: LambdaHandler, calls: number) => Promise<Measurements[Kind]>;
} = {
  async times(handler, calls) {
    const cpuMicros = await measureCost(handler, calls);
    return { cpuMicros, ...(await measureEach(handler, calls)) };
  },
  async memory(handler, calls) {
    await measureCost(handler, calls / 10);
    const afterTenth = readMemory();
    await measureCost(handler, (calls * 9) / 10);
    return { afterTenth, afterAll: readMemory() };
  },
};

function readMemory(): MemoryUse {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapKb: Math.round(heapUsed / 1024), rssKb: Math.round(rss / 1024) };
}
