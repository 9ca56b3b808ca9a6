import { isSecretReason, type Reason, type TokenError } from '../../shared/runtime/errors.ts';

const firstMs = 1_000;
const longestMs = 30_000;
/** Reading a secret costs no provider anything, and somebody may be filling it in just now. */
const longestForSecretsMs = 4_000;
/** The provider refused this client with these scopes: what would be sent is known to be refused for as long. */
export const refusalMemoryMs = 30_000;

/**
 * How long nothing is tried again.
 *
 * @param failures how many have gone before
 * @param random from 0 up to 1
 */
export function chooseBackOffMs(reason: Reason, failures: number, random: () => number): number {
  if (reason === 'credentials_refused') return refusalMemoryMs;
  const limitMs = isSecretReason(reason) ? longestForSecretsMs : longestMs;
  return Math.min(firstMs * 2 ** failures, limitMs) * (1 - 0.5 * random());
}

/**
 * When a failed exchange may be tried again: after a second, then after two, four, … up to 30 s, each up to a half shorter
 * at random. Meanwhile everyone is told of the same failure, so that a provider is never asked at the callers' rate.
 */
export class BackOff {
  #failures = 0;
  #untilMs = 0;
  #error: TokenError | undefined;

  /** Whether the last try failed. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** @param random from 0 up to 1 */
  start(error: TokenError, nowMs: number, random: () => number): void {
    const delayMs = error.backOffMs ?? chooseBackOffMs(error.reason, this.#failures, random);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#untilMs = nowMs + delayMs;
    this.#error = error;
  }

  end(): void {
    this.#failures = 0;
    this.#untilMs = 0;
    this.#error = undefined;
  }

  remainingMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** @throws TokenError the last failure, with the seconds until the next try */
  assertOver(nowMs: number): void {
    const leftMs = this.remainingMs(nowMs);
    if (leftMs > 0 && this.#error !== undefined) throw this.#error.withRetryAfter(Math.ceil(leftMs / 1000));
  }
}
