/** Stable words for what stops a rotation. What a provider or Secrets Manager did keeps the words that a vend has for it. */
export type RotationErrorCode =
  | 'malformed_event'
  | 'unknown_step'
  | 'unknown_version'
  | 'not_pending'
  | 'pending_of_another_token'
  | 'nothing_staged'
  | 'no_provider'
  | (string & {});

/**
 * Why a step of a rotation failed. The message tells an operator what to do. It never holds a secret's content, a token
 * or a foreign error's text.
 */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: RotationErrorCode;
  /** What the log may say beyond the code: our own names and numbers. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: RotationErrorCode, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
