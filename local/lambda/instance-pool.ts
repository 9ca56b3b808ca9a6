import { type FunctionSettings, type Instance, startInstance } from './instance.ts';

export interface InstancePool {
  /** @throws FunctionError */
  invoke(event: unknown): Promise<unknown>;
  /** How many instances run. */
  readonly size: number;
  close(): Promise<void>;
}

/**
 * Runs a function as Lambda does: the instance that was used last serves next, a new one starts when all are busy, up to
 * `maxInstances`; beyond that a request waits for its turn.
 */
export function createInstancePool(settings: FunctionSettings, maxInstances: number): InstancePool {
  const all = new Set<Promise<Instance>>();
  const idle: Instance[] = [];
  const waiting: ((instance: Instance | Promise<Instance>) => void)[] = [];
  let isClosing = false;

  function start(): Promise<Instance> {
    const starting = startInstance(settings);
    all.add(starting);
    void starting.then(async (instance) => {
      await instance.ended;
      all.delete(starting);
      if (idle.includes(instance)) idle.splice(idle.indexOf(instance), 1);
      // Its place is free: who waits gets a new one.
      if (!isClosing) waiting.shift()?.(start());
    });
    return starting;
  }

  function acquire(): Instance | Promise<Instance> {
    const instance = idle.pop();
    if (instance !== undefined) return instance;
    if (all.size < maxInstances) return start();
    return new Promise((resolve) => waiting.push(resolve));
  }

  function release(instance: Instance): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(instance);
    else next(instance);
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
      await Promise.all([...all].map(async (instance) => (await instance).close()));
    },
  };
}
