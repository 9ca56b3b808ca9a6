import { providerTimeout } from '../../shared/runtime/errors.ts';

/**
 * What a promise brings, or `provider_timeout` when it brings nothing within `timeoutMs`: whoever waits for an exchange
 * that another invocation has started has a deadline of its own. The promise itself goes on.
 */
export async function withinMs<Result>(promise: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(providerTimeout()), Math.max(timeoutMs, 0));
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
