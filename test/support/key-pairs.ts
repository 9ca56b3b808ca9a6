import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '../../functions/shared/secrets/signing-key.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const rsaKeys: KeyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const ecKeys: KeyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const ed25519Keys: KeyPair = generateKeyPairSync('ed25519');

/** A key pair for each algorithm. */
export const keysByAlgorithm: Readonly<Record<SigningAlgorithm, KeyPair>> = {
  PS256: rsaKeys,
  RS256: rsaKeys,
  ES256: ecKeys,
  EdDSA: ed25519Keys,
};

export const signingAlgorithms = Object.keys(keysByAlgorithm) as SigningAlgorithm[];

export function asPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function asJwk(key: KeyObject): Record<string, unknown> {
  return { ...key.export({ format: 'jwk' }) };
}
