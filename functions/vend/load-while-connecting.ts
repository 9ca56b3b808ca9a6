import { setImmediate } from 'node:timers/promises';
import type { EarlyDeps } from '../shared/runtime/early-deps.ts';
import type { VendingFunction } from './handler.ts';

/** Wires the function. @param turn lets the event loop turn */
export type CreateFunction = (early: EarlyDeps, turn: () => Promise<void>) => Promise<VendingFunction>;

/** What Lambda finds in the bundle. */
export interface LoadingFunction extends VendingFunction {
  /**
   * Makes the module a thenable. Lambda's runtime loads it with `await import()`, which then waits for the function, so that it
   * is loaded before the instance counts as ready. Where nothing waits, `handler` and `preload` do.
   */
  readonly then: (resolve: (loaded: VendingFunction) => void, reject: (error: unknown) => void) => void;
}

/**
 * Lets connections progress while the function loads. A handshake needs the event loop, which loading the AWS SDK blocks for
 * longer than a round trip takes; even the lookup of a host's address ends there.
 */
export function loadWhileConnecting(
  early: EarlyDeps,
  load: () => Promise<{ readonly createFunction: CreateFunction }>,
): LoadingFunction {
  const turn = async () => void (await setImmediate());
  let loaded: VendingFunction | undefined;
  const loading = turn()
    .then(load)
    .then(({ createFunction }) => createFunction(early, turn))
    .then((created) => {
      loaded = created;
      return created;
    });
  return {
    handler: async (event, context) => (loaded ?? (await loading)).handler(event, context),
    preload: async () => (loaded ?? (await loading)).preload(),
    // biome-ignore lint/suspicious/noThenProperty: waiting for it is what is wanted
    then: (resolve, reject) => void loading.then(resolve, reject),
  };
}
