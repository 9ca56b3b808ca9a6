import { TokenError } from '../../shared/runtime/errors.ts';

/**
 * The result of a promise, or `provider_timeout` when there is none within `timeoutMs`: each caller who waits for an exchange
 * has its own deadline. The promise itself goes on.
 */
export async function withinMs<Result>(promise: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TokenError('provider_timeout')), Math.max(timeoutMs, 0));
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
