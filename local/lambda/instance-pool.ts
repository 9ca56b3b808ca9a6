import type { Instance } from './instance.ts';
import { FunctionError } from './runtime-api.ts';

export interface InstancePool {
  /** @throws FunctionError */
  invoke(event: unknown): Promise<unknown>;
  /** The number of running instances. */
  readonly size: number;
  /** Ends every instance. Requests that still wait for one get an error. */
  close(): Promise<void>;
}

/**
 * Runs a function as Lambda does. The instance that was used last serves next. A new one starts when all are busy, up to
 * `maxInstances`; beyond that, requests wait for their turn.
 */
export function createInstancePool(startInstance: () => Promise<Instance>, maxInstances: number): InstancePool {
  const all = new Set<Promise<Instance>>();
  const idle: Instance[] = [];
  const waiting: PromiseWithResolvers<Instance>[] = [];
  let isClosing = false;

  function start(): Promise<Instance> {
    const starting = startInstance();
    all.add(starting);
    void freePlaceAtEnd(starting);
    return starting;
  }

  async function freePlaceAtEnd(starting: Promise<Instance>): Promise<void> {
    const instance = await starting.catch(() => undefined);
    await instance?.ended;
    all.delete(starting);
    if (instance !== undefined && idle.includes(instance)) idle.splice(idle.indexOf(instance), 1);
    // Its place is free: a waiting request gets a new one.
    if (!isClosing) waiting.shift()?.resolve(start());
  }

  async function acquire(): Promise<Instance> {
    if (isClosing) throw closingError();
    let instance = idle.pop();
    // An instance whose process has just ended may still be among the idle ones.
    while (instance?.isUsable === false) instance = idle.pop();
    if (instance !== undefined) return instance;
    if (all.size < maxInstances) return start();
    const turn = Promise.withResolvers<Instance>();
    waiting.push(turn);
    return turn.promise;
  }

  function release(instance: Instance): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(instance);
    else next.resolve(instance);
  }

  return {
    get size() {
      return all.size;
    },
    async invoke(event) {
      const instance = await acquire();
      try {
        return await instance.invoke(event);
      } finally {
        if (instance.isUsable) release(instance);
      }
    },
    async close() {
      isClosing = true;
      for (const turn of waiting.splice(0)) turn.reject(closingError());
      await Promise.allSettled([...all].map(async (instance) => (await instance).close()));
    },
  };
}

function closingError(): FunctionError {
  return new FunctionError('the local stack is being stopped');
}
