import { VendingError } from '../vending-error.ts';

export const exitCodes = {
  done: 0,
  /** Something that this program did not foresee. */
  failed: 1,
  usage: 2,
  /** 403, or no AWS credentials. */
  notAllowed: 3,
  /** 400, 404 and their like: the same request will not do better. */
  refused: 4,
  /** 429, 503, 504, a network error: later it may work. */
  unavailable: 5,
  /** 500, 502, or an answer that is none: the service or the provider is at fault. */
  broken: 6,
  /** `exec` got no token; as `env` and `timeout` say it, so that it is not taken for the command's own code. */
  execFailed: 125,
  execNotExecutable: 126,
  execNotFound: 127,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof TypeError) return exitCodes.usage;
  if (!(error instanceof VendingError)) return exitCodes.failed;
  const { status, error: code } = error;
  if (status === 403 || code === 'no_credentials') return exitCodes.notAllowed;
  if (status === 429 || status === 503 || status === 504 || code === 'network_error' || code === 'timeout') {
    return exitCodes.unavailable;
  }
  return status !== undefined && status >= 400 && status < 500 ? exitCodes.refused : exitCodes.broken;
}
