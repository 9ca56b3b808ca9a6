import { isJsonObject, isText, type JsonObject, parseJson } from '../runtime/json.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { malformedSecret } from './secret-errors.ts';
import { parseSigningKey, type SigningKey } from './signing-key.ts';

/** A staging label: each is on at most one version of a secret at a time. */
export type SecretStage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

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
 * optional `kid` and `alg`. camelCase is accepted too.
 *
 * A byte-order mark before the JSON is skipped, as editors on Windows write one. Line breaks and tabs around `client_id` and
 * `client_secret` are cut off: `echo` and copying leave them there, and RFC 6749 appendix A allows neither character in them.
 * Spaces stay, because it does allow those. `kid` and `alg` stay as they are: they are compared, not typed. PEM has line breaks.
 *
 * @throws TokenError that names the secret and the field, never the content
 */
export function parseClientCredentials(
  secretId: string,
  versionId: string,
  secretString: string | undefined,
  kind: CredentialsKind,
): ClientCredentials {
  const fields = parseFields(secretId, secretString);
  const clientId = cutLineBreaks(fields['client_id'] ?? fields['clientId']);
  const clientSecret = cutLineBreaks(fields['client_secret'] ?? fields['clientSecret']);
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

function parseFields(secretId: string, secretString: string | undefined): JsonObject {
  const missingField = 'SecretString';
  if (secretString === undefined) throw malformedSecret(secretId, 'secret_not_text', { missingField });
  const value = parseJson(secretString.replace(/^\ufeff/, ''));
  if (value === undefined) throw malformedSecret(secretId, 'secret_not_json', { missingField });
  if (!isJsonObject(value)) throw malformedSecret(secretId, 'secret_not_an_object', { missingField });
  return value;
}

function cutLineBreaks(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^[\r\n\t]+|[\r\n\t]+$/g, '') : value;
}

/** A key may be text or an object; `parseSigningKey` judges it. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
