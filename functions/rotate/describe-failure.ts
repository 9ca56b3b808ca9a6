import { answerReasons, asTokenError, isSecretReason, type Reason } from '../shared/runtime/errors.ts';
import { RotationError } from './rotation-error.ts';

/** Whatever stopped a step, as an error that an operator may read: what happened and what to do. */
export function asRotationError(error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const { reason, details } = asTokenError(error);
  return new RotationError(reason, describe(reason), details);
}

const unchanged = 'AWSCURRENT has not changed.';

function describe(reason: Reason): string {
  if (reason === 'credentials_refused') {
    return `The provider refuses the new credentials. ${unchanged} Stage the right ones and start again.`;
  }
  if ((answerReasons as readonly string[]).includes(reason)) {
    return `The provider's answer to the new credentials is no token (${reason}). ${unchanged} Look at the settings and at the provider.`;
  }
  if (isSecretReason(reason)) {
    return `Secrets Manager, or what the secret holds, is the reason (${reason}). Mend it and start again: steps may be repeated.`;
  }
  if (reason === 'unexpected') return `The step failed for a reason of its own (${reason}).`;
  return `The new credentials could not be tested (${reason}). ${unchanged} Start again when the provider is well.`;
}
