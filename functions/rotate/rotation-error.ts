import { asTokenError, isAnswerReason, isSecretReason, type Reason } from '../shared/runtime/errors.ts';

/** Stable words for what stops a rotation. For providers and Secrets Manager they are the same as a vend's. */
export type RotationErrorCode =
  | 'malformed_event'
  | 'unknown_step'
  | 'unknown_version'
  | 'not_pending'
  | 'not_previous'
  | 'pending_of_another_token'
  | 'current_changed'
  | 'nothing_staged'
  | 'no_provider'
  | 'no_revocation_url'
  | Reason;

/**
 * Why a step of a rotation failed. The message tells an operator what to do. It never holds a secret's content, a token or
 * the text of another error.
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

export type TestedCredentials = 'the new credentials' | 'the credentials of AWSPREVIOUS';

/** Turns anything that stops a step into an error that tells an operator what happened and what to do. */
export function asRotationError(error: unknown, tested: TestedCredentials = 'the new credentials'): RotationError {
  if (error instanceof RotationError) return error;
  const { reason, details } = asTokenError(error);
  return new RotationError(reason, describe(reason, tested), details);
}

const unchanged = 'AWSCURRENT has not changed.';

function describe(reason: Reason, tested: TestedCredentials): string {
  if (reason === 'credentials_refused') {
    return `The provider refuses ${tested}. ${unchanged} Stage credentials that work and start again.`;
  }
  if (reason === 'scope_refused') {
    return `The provider refuses the scopes for ${tested}. ${unchanged} Check the settings and what the client may do.`;
  }
  if (isAnswerReason(reason)) {
    return `The provider's answer to ${tested} is not a token (${reason}). ${unchanged} Check the settings and the provider.`;
  }
  if (isSecretReason(reason)) {
    return `Secrets Manager or the secret's content is the reason (${reason}). Correct it and start again: steps may be repeated.`;
  }
  if (reason === 'unexpected') return 'The step failed because of a bug; the log shows where.';
  return `Cannot test ${tested} (${reason}). ${unchanged} Start again when the provider has recovered.`;
}
