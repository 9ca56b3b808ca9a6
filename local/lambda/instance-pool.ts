import type { Instance } from './instance.ts';
import { FunctionError } from './runtime-api.ts';

/**
 * Runs a function as Lambda does. The instance that was used last serves next. A new one starts when all are busy, up to
 * `maxInstances`; beyond that, requests wait for their turn.
 */
export class InstancePool {
  readonly #startInstance: () => Promise<Instance>;
  readonly #maxInstances: number;
  readonly #all = new Set<Promise<Instance>>();
  readonly #idle: Instance[] = [];
  readonly #waiting: PromiseWithResolvers<Instance>[] = [];
  #isClosing = false;

  constructor(startInstance: () => Promise<Instance>, maxInstances: number) {
    this.#startInstance = startInstance;
    this.#maxInstances = maxInstances;
  }

  /** The number of running instances. */
  get size(): number {
    return this.#all.size;
  }

  /** @throws FunctionError */
  async invoke(event: unknown): Promise<unknown> {
    const instance = await this.#acquire();
    try {
      return await instance.invoke(event);
    } finally {
      if (instance.isUsable) this.#release(instance);
    }
  }

  /** Ends every instance. Requests that still wait for one get an error. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const turn of this.#waiting.splice(0)) turn.reject(closingError());
    await Promise.allSettled([...this.#all].map(async (instance) => (await instance).close()));
  }

  #start(): Promise<Instance> {
    const starting = this.#startInstance();
    this.#all.add(starting);
    void this.#freePlaceAtEnd(starting);
    return starting;
  }

  async #freePlaceAtEnd(starting: Promise<Instance>): Promise<void> {
    const instance = await starting.catch(() => undefined);
    await instance?.ended;
    this.#all.delete(starting);
    const idleAt = instance === undefined ? -1 : this.#idle.indexOf(instance);
    if (idleAt !== -1) this.#idle.splice(idleAt, 1);
    // Its place is free: a waiting request gets a new one.
    if (!this.#isClosing) this.#waiting.shift()?.resolve(this.#start());
  }

  async #acquire(): Promise<Instance> {
    if (this.#isClosing) throw closingError();
    let instance = this.#idle.pop();
    // An instance whose process has just ended may still be among the idle ones.
    while (instance?.isUsable === false) instance = this.#idle.pop();
    if (instance !== undefined) return instance;
    if (this.#all.size < this.#maxInstances) return this.#start();
    const turn = Promise.withResolvers<Instance>();
    this.#waiting.push(turn);
    return turn.promise;
  }

  #release(instance: Instance): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(instance);
    else next.resolve(instance);
  }
}

function closingError(): FunctionError {
  return new FunctionError('the local stack is being stopped');
}
