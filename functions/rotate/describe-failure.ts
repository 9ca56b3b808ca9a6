import { asVendError } from '../shared/runtime/errors.ts';
import { RotationError } from './rotation-error.ts';

/** Whatever stopped a step, as an error that an operator may read: what happened and what to do. */
export function asRotationError(error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const { code, reason = code, details } = asVendError(error);
  return new RotationError(reason, describe(code, reason), details);
}

const unchanged = 'AWSCURRENT has not changed.';

function describe(code: string, reason: string): string {
  if (code === 'provider_rejected_credentials') {
    return `The provider refuses the new credentials. ${unchanged} Stage the right ones and start again.`;
  }
  if (code === 'provider_error') {
    return `The provider's answer to the new credentials is no token (${reason}). ${unchanged} Look at the settings and at the provider.`;
  }
  if (reason.startsWith('secret_')) {
    return `Secrets Manager, or what the secret holds, is the reason (${reason}). Mend it and start again: steps may be repeated.`;
  }
  if (code === 'server_error') return `The step failed for a reason of its own (${reason}).`;
  return `The new credentials could not be tested (${reason}). ${unchanged} Start again when the provider is well.`;
}
