import { constants, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { SigningAlgorithm, SigningKey } from '../secrets/signing-key.ts';

/** RFC 7523 §2.2. */
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** An assertion is used once, at once. */
const lifetimeSeconds = 60;

/**
 * The JWT by which a client proves who it is without sending its key: RFC 7523 §3, OpenID Connect Core §9
 * (`private_key_jwt`). Each one has a `jti` of its own, so that a server which remembers them takes a retry.
 *
 * @param audience the token endpoint
 * @param wallMs the wall clock as it is, milliseconds since 1970
 */
export function signClientAssertion(
  clientId: string,
  { key, algorithm, keyId }: SigningKey,
  audience: string,
  wallMs: number,
): string {
  const issuedAt = Math.floor(wallMs / 1000);
  const header = { alg: algorithm, typ: 'JWT', kid: keyId };
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    jti: randomUUID(),
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
  };
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${signers[algorithm](Buffer.from(content), key).toString('base64url')}`;
}

/** JSON.stringify leaves out what is undefined. */
function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

const signers: Readonly<Record<SigningAlgorithm, (content: Buffer, key: KeyObject) => Buffer>> = {
  RS256: (content, key) => sign('sha256', content, key),
  // RFC 7518 §3.5: the salt is as long as the hash.
  PS256: (content, key) =>
    sign('sha256', content, {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  // RFC 7518 §3.4: the two numbers side by side, not in DER.
  ES256: (content, key) => sign('sha256', content, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (content, key) => sign(null, content, key),
};
