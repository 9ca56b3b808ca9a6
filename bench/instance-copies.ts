import { AsyncLocalStorage } from 'node:async_hooks';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LambdaHandler } from './lambda-call.ts';

// Many instances in one process: a process for each of 500 would need more memory and cores than a machine has.

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
 * Evaluates a bundle again. The copy shares no module state with any other: it has a memory, an SDK client, connections
 * and cooldowns of its own, as an instance has. It sees its own environment variables while it loads and in every call.
 * Works for CommonJS, which Node caches by file name, and for ES modules, which Node caches by URL.
 *
 * Copies share what belongs to Node: the processor, the heap, the event loop, and the connections of the global `fetch`,
 * which a contestant that uses it may find already open.
 */
export async function loadCopy(file: string, environment: Environment): Promise<LambdaHandler> {
  copies += 1;
  const folder = dirname(realpathSync(file));
  for (const path of Object.keys(cache)) if (dirname(path) === folder) delete cache[path];
  const url = `${pathToFileURL(file).href}?copy=${copies}`;
  const bundle = await environments.run(environment, async (): Promise<LoadedBundle> => import(url));
  const handler = bundle.handler ?? bundle.default?.handler;
  if (handler === undefined) throw new Error(`${file} exports no handler.`);
  return (event, context) => environments.run(environment, () => handler(event, context));
}
