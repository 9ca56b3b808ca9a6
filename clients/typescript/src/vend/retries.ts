import { VendingError } from '../vending-error.ts';

/** What of one request's failures has been answered by waiting: each kind once. */
export interface Retries {
  hasWaitedAsTold: boolean;
  hasTriedAgain: boolean;
}

/** @returns milliseconds after which the request is worth another try; undefined when it is not */
export function nextRetryMs(error: unknown, retries: Retries, random: () => number): number | undefined {
  if (!(error instanceof VendingError) || !isTransient(error)) return undefined;
  const isTold = error.status === 429 || error.status === 503;
  if (isTold && error.retryAfterSeconds !== undefined) {
    if (retries.hasWaitedAsTold) return undefined;
    retries.hasWaitedAsTold = true;
    return error.retryAfterSeconds * 1_000;
  }
  if (retries.hasTriedAgain || error.status === 429) return undefined;
  retries.hasTriedAgain = true;
  return 100 + random() * 200;
}

function isTransient({ status, error }: VendingError): boolean {
  if (error === 'network_error') return true;
  if (status === undefined || error === 'provider_rejected_credentials') return false;
  return status === 429 || status >= 500;
}
