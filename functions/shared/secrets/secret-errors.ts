import { type Reason, type SecretReason, TokenError } from '../runtime/errors.ts';

/** What Secrets Manager says for certain: the secret is gone or forbidden, and asking again does not help. */
const certainErrors: Readonly<Record<string, SecretReason>> = {
  ResourceNotFoundException: 'secret_not_found',
  InvalidRequestException: 'secret_deleted',
  AccessDeniedException: 'secret_access_denied',
  DecryptionFailure: 'secret_decryption_failed',
};

const transientErrors: Readonly<Record<string, SecretReason>> = {
  ThrottlingException: 'secret_throttled',
  TimeoutError: 'secret_timeout',
};

const certainReasons: ReadonlySet<Reason> = new Set([
  ...Object.values(certainErrors),
  'secret_kms_access_denied',
  'secret_kms_key_unusable',
]);

/** Whether Secrets Manager has said for certain that there is no such secret or that we may not read it. */
export function isCertain(reason: Reason): boolean {
  return certainReasons.has(reason);
}

function reasonOf(errorName: string, message: string): SecretReason {
  if (errorName === 'AccessDeniedException' && /\bKMS\b/.test(message)) return 'secret_kms_access_denied';
  // A key that is disabled or about to be deleted.
  if (errorName.startsWith('KMS')) return 'secret_kms_key_unusable';
  return certainErrors[errorName] ?? transientErrors[errorName] ?? 'secret_unavailable';
}

/** For the `catch` of a call to Secrets Manager. @throws TokenError that quotes nothing of what the SDK says */
export function throwAsSecretError(secretId: string): (error: unknown) => never {
  return function rethrow(error) {
    const { name: errorName, message } = error instanceof Error ? error : { name: typeof error, message: '' };
    throw new TokenError(reasonOf(errorName, message), { details: { secretId, errorName } });
  };
}

/**
 * The content of a secret cannot be used. The log names the secret and the field.
 *
 * @param details our own words only, never the content
 */
export function malformedSecret(
  secretId: string,
  reason: SecretReason,
  details: { readonly missingField: string } | { readonly unusableField: string; readonly expected: string },
): TokenError {
  return new TokenError(reason, { details: { secretId, ...details } });
}
