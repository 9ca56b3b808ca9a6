import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isJsonObject, isText, parseJson } from '../runtime/json.ts';
import { malformedSecret } from './secret-errors.ts';

/** RFC 7518 §3.3 to §3.5, RFC 8037 §3.1. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

export interface SigningKey {
  readonly key: KeyObject;
  readonly algorithm: SigningAlgorithm;
  /** Names the public key to the provider; undefined where it does not need a name. */
  readonly keyId: string | undefined;
}

/** A secret's fields, not judged yet. */
interface KeyFields {
  readonly privateKey: unknown;
  readonly kid?: unknown;
  readonly alg?: unknown;
}

/**
 * Reads a private key: PEM, or a JWK as an object or as text. `kid` and `alg` may stand beside the key or in the JWK;
 * without an `alg` the key's type decides.
 *
 * @throws TokenError that names the secret and the field, never the content
 */
export function parseSigningKey(secretId: string, { privateKey, kid, alg }: KeyFields): SigningKey {
  const unusable = (unusableField: string, expected: string) =>
    malformedSecret(secretId, 'secret_field_unusable', { unusableField, expected });
  const source = readKeySource(privateKey);
  const key = source === undefined ? undefined : importKey(source);
  const possible = key === undefined ? [] : algorithmsOf(key);
  if (key === undefined || possible.length === 0) {
    throw unusable('private_key', 'a private key, RSA of 2048 bits or more, P-256 or Ed25519, as PEM PKCS#8 or JWK');
  }
  const jwk = typeof source === 'object' ? source : {};
  const wanted = alg ?? jwk['alg'] ?? possible[0];
  const algorithm = possible.find((name) => name === wanted);
  if (algorithm === undefined) throw unusable('alg', `${possible.join(' or ')}, for this type of key`);
  const keyId = kid ?? jwk['kid'];
  if (keyId === undefined || isText(keyId)) return { key, algorithm, keyId };
  throw unusable('kid', 'text');
}

/** The PEM text or the JWK's members. */
function readKeySource(privateKey: unknown): string | JsonWebKey | undefined {
  if (typeof privateKey !== 'string') return asJwk(privateKey);
  return privateKey.trimStart().startsWith('{') ? asJwk(parseJson(privateKey)) : privateKey;
}

function asJwk(value: unknown): JsonWebKey | undefined {
  return isJsonObject(value) ? (value as JsonWebKey) : undefined;
}

function importKey(source: string | JsonWebKey): KeyObject | undefined {
  try {
    return typeof source === 'string' ? createPrivateKey(source) : createPrivateKey({ key: source, format: 'jwk' });
  } catch {
    // OpenSSL's message may tell something about the key.
    return undefined;
  }
}

/** What a key can sign with, the default first (for RSA the one that every server takes). None for a key of another type. */
function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly SigningAlgorithm[] {
  switch (asymmetricKeyType) {
    case 'rsa':
      // RFC 7518 §3.3: a key of 2048 bits or larger MUST be used.
      return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? ['RS256', 'PS256'] : [];
    case 'ec':
      return asymmetricKeyDetails?.namedCurve === 'prime256v1' ? ['ES256'] : [];
    case 'ed25519':
      return ['EdDSA'];
    default:
      return [];
  }
}
