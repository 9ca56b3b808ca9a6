import { VendError } from '../runtime/errors.ts';

/** Errors that asking again a moment later cannot mend: the deployment or the secret itself is wrong. */
const lastingErrors: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'secret_not_found',
  InvalidRequestException: 'secret_deleted',
  AccessDeniedException: 'secret_access_denied',
  DecryptionFailure: 'secret_decryption_failed',
};

const passingErrors: Readonly<Record<string, string>> = {
  ThrottlingException: 'secret_throttled',
  TimeoutError: 'secret_timeout',
};

/** A failed call of Secrets Manager as an error of ours, which quotes nothing of it. */
function asSecretError(secretId: string, error: unknown): VendError {
  // The SDK's messages quote what the service said; only this much of them is looked at, and nothing is repeated.
  const { name: errorName, message } = error instanceof Error ? error : { name: typeof error, message: '' };
  const details = { secretId, errorName };
  const isKms = errorName === 'AccessDeniedException' && /\bKMS\b/.test(message);
  const lasting = isKms ? 'secret_kms_access_denied' : lastingErrors[errorName];
  if (lasting !== undefined) {
    const description = "The provider's secret cannot be read; the service's log names the cause.";
    return new VendError('server_error', description, { reason: lasting, details });
  }
  const reason = passingErrors[errorName] ?? 'secret_unavailable';
  return new VendError('temporarily_unavailable', 'The secret store does not answer; try again later.', {
    reason,
    details,
  });
}

/** For the `catch` of a call to Secrets Manager. */
export function throwAsSecretError(secretId: string): (error: unknown) => never {
  return function rethrow(error) {
    throw asSecretError(secretId, error);
  };
}
