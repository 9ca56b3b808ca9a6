import { VendError } from './errors.ts';

/** A secret's content, and which version of the secret it is. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly versionId: string;
}

/**
 * Reads `{"client_id": "…", "client_secret": "…"}` or its camelCase spelling.
 *
 * @throws VendError `server_error` that names the secret and the field, never the content.
 */
export function parseClientCredentials(
  secretId: string,
  versionId: string,
  secretString: string | undefined,
): ClientCredentials {
  if (secretString === undefined) throw malformed(secretId, 'secret_not_text', 'SecretString');
  let value: unknown;
  try {
    value = JSON.parse(secretString);
  } catch {
    // The parser's own message quotes what it read.
    throw malformed(secretId, 'secret_not_json', 'SecretString');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(secretId, 'secret_not_an_object', 'SecretString');
  }
  const fields = value as Record<string, unknown>;
  const clientId = fields['client_id'] ?? fields['clientId'];
  const clientSecret = fields['client_secret'] ?? fields['clientSecret'];
  const isClientIdUsable = isText(clientId);
  const isClientSecretUsable = isText(clientSecret);
  if (isClientIdUsable && isClientSecretUsable) return { clientId, clientSecret, versionId };
  // As a deployment leaves it: nobody has put anything in yet.
  const isPlaceholder = clientId === '' && clientSecret === '';
  const missing = [isClientIdUsable ? [] : 'client_id', isClientSecretUsable ? [] : 'client_secret'].flat();
  throw malformed(secretId, isPlaceholder ? 'secret_not_filled_in' : 'secret_field_missing', missing.join(', '));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function malformed(secretId: string, reason: string, missingField: string): VendError {
  return new VendError('server_error', "The provider's secret cannot be used; the service's log names the cause.", {
    reason,
    details: { secretId, missingField },
  });
}
