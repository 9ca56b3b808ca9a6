/**
 * How one probe ended. `failed`: the service does not do what it should, or could not be asked. `not-refused`: it did what
 * it must refuse. `skipped`: it was not asked, and nothing is known.
 */
export type Outcome = 'passed' | 'failed' | 'not-refused' | 'skipped';

/** `detail` is in our own words: never a token, a secret, or text from an answer. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly detail: string;
}

export interface ProbeResult extends Verdict {
  /** Stable, a dimension of metrics: `vend prove`, `unsigned vend`, … */
  readonly probe: string;
  readonly milliseconds: number;
}

/** One thing to try. It may throw NotAskedError. */
export interface Probe {
  readonly name: string;
  readonly run: (deadlineMs: number) => Promise<Verdict>;
}

/** No answer that says anything: the network, a timeout, a throttle. A refusal that is not heard is not a missing one. */
export class NotAskedError extends Error {
  override readonly name = 'NotAskedError';
  /** Whether the same request may be heard at once: the connection broke. */
  readonly isRetryable: boolean;

  constructor(message: string, isRetryable = false) {
    super(message);
    this.isRetryable = isRetryable;
  }
}

export const passed = (detail: string): Verdict => ({ outcome: 'passed', detail });
export const failed = (detail: string): Verdict => ({ outcome: 'failed', detail });
export const notRefused = (detail: string): Verdict => ({ outcome: 'not-refused', detail });
export const skipped = (detail: string): Verdict => ({ outcome: 'skipped', detail });
