import { AsyncLocalStorage } from 'node:async_hooks';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { LambdaHandler } from './lambda-handler.ts';

// Many instances in one process: hundreds of processes, one for each, would need more memory and cores than there are.

export type Environment = Readonly<Record<string, string>>;

interface LoadedBundle {
  readonly handler?: LambdaHandler;
  readonly default?: { readonly handler: LambdaHandler };
}

const { cache } = createRequire(import.meta.url);
const environments = new AsyncLocalStorage<Environment>();
const ownEnvironment = process.env;
Object.defineProperty(process, 'env', { get: () => environments.getStore() ?? ownEnvironment });
let copies = 0;

/**
 * Evaluates a bundle anew: the copy shares no state of its modules with any other, so it has a memory, an SDK client,
 * connections and cooldowns of its own, as an instance has. It sees environment variables of its own, while it is loaded
 * and in every call. Works for CommonJS, whose modules are kept by file name, and for ES modules, which are kept by URL.
 *
 * What belongs to Node itself is shared: the processor, the heap, the event loop, and the connections of the global
 * `fetch`, which contestants that use it find open where another copy has left them.
 */
export async function loadCopy(file: string, environment: Environment): Promise<LambdaHandler> {
  copies += 1;
  delete cache[realpathSync(file)];
  const url = `${pathToFileURL(file).href}?copy=${copies}`;
  const bundle = await environments.run(environment, async (): Promise<LoadedBundle> => import(url));
  const handler = bundle.handler ?? bundle.default?.handler;
  if (handler === undefined) throw new Error(`${file} exports no handler.`);
  return (event, context) => environments.run(environment, () => handler(event, context));
}
