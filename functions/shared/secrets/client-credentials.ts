import { isText } from '../runtime/is-text.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { malformedSecret } from './malformed-secret.ts';
import { parseSigningKey, type SigningKey } from './signing-key.ts';

interface SharedSecret {
  readonly kind: 'secret';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly versionId: string;
}

interface PrivateKey {
  readonly kind: 'key';
  readonly clientId: string;
  readonly signingKey: SigningKey;
  readonly versionId: string;
}

/** A secret's content, and which version of the secret it is. */
export type ClientCredentials = SharedSecret | PrivateKey;

export type CredentialsKind = ClientCredentials['kind'];

/** What a provider's secret has to hold. */
export function credentialsKind({ clientAuth }: Pick<Provider, 'clientAuth'>): CredentialsKind {
  return clientAuth === 'private_key_jwt' ? 'key' : 'secret';
}

/**
 * Reads `{"client_id": "…", "client_secret": "…"}`, or for the kind `key` `{"client_id": "…", "private_key": …}` with an
 * optional `kid` and `alg`. camelCase will do.
 *
 * @throws VendError `server_error` that names the secret and the field, never the content.
 */
export function parseClientCredentials(
  secretId: string,
  versionId: string,
  secretString: string | undefined,
  kind: CredentialsKind,
): ClientCredentials {
  const fields = parseFields(secretId, secretString);
  const clientId = fields['client_id'] ?? fields['clientId'];
  const clientSecret = fields['client_secret'] ?? fields['clientSecret'];
  const privateKey = fields['private_key'] ?? fields['privateKey'];
  if (isText(clientId)) {
    if (kind === 'secret' && isText(clientSecret)) return { kind, clientId, clientSecret, versionId };
    if (kind === 'key' && isGiven(privateKey)) {
      return { kind, clientId, signingKey: parseSigningKey(secretId, { ...fields, privateKey }), versionId };
    }
  }
  // As a deployment leaves it: nobody has put anything in yet.
  const isPlaceholder = clientId === '' && [clientSecret, privateKey].includes('');
  const isProofUsable = kind === 'secret' ? isText(clientSecret) : isGiven(privateKey);
  const proofName = kind === 'secret' ? 'client_secret' : 'private_key';
  const missing = [isText(clientId) ? [] : 'client_id', isProofUsable ? [] : proofName].flat();
  throw malformedSecret(secretId, isPlaceholder ? 'secret_not_filled_in' : 'secret_field_missing', {
    missingField: missing.join(', '),
  });
}

function parseFields(secretId: string, secretString: string | undefined): Record<string, unknown> {
  const missingField = 'SecretString';
  if (secretString === undefined) throw malformedSecret(secretId, 'secret_not_text', { missingField });
  let value: unknown;
  try {
    value = JSON.parse(secretString);
  } catch {
    // The parser's own message quotes what it read.
    throw malformedSecret(secretId, 'secret_not_json', { missingField });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw malformedSecret(secretId, 'secret_not_an_object', { missingField });
}

/** A key may be text or an object; what it is worth is judged where it is read. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
