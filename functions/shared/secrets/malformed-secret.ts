import { VendError } from '../runtime/errors.ts';

/**
 * A secret whose content cannot be used: `server_error`, of which the log names the secret and the field.
 *
 * @param details our own words only, never the content
 */
export function malformedSecret(
  secretId: string,
  reason: string,
  details: { readonly missingField: string } | { readonly unusableField: string; readonly expected: string },
): VendError {
  return new VendError('server_error', "The provider's secret cannot be used; the service's log names the cause.", {
    reason,
    details: { secretId, ...details },
  });
}
