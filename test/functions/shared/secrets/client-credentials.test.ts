import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { TokenError } from '../../../../functions/shared/runtime/errors.ts';
import {
  type ClientCredentials,
  parseClientCredentials,
} from '../../../../functions/shared/secrets/client-credentials.ts';
import {
  asJwk,
  asPem,
  ecKeys,
  ed25519Keys,
  keysByAlgorithm,
  rsaKeys,
  signingAlgorithms,
} from '../../../support/key-pairs.ts';

const parseKey = (secret: object): ClientCredentials =>
  parseClientCredentials('the-secret', 'v1', JSON.stringify(secret), 'key');

function signingKey(secret: object): { algorithm: string; keyId: string | undefined } {
  const credentials = parseKey({ client_id: 'a', ...secret });
  if (credentials.kind !== 'key') throw new Error('The credentials are a shared secret');
  const { algorithm, keyId } = credentials.signingKey;
  return { algorithm, keyId };
}

/** What the log says. Also checks that the error holds nothing of the content. */
function refusal(secret: object): object {
  try {
    parseKey(secret);
  } catch (error) {
    const { reason, details, message } = error as TokenError;
    expect(details['secretId']).toBe('the-secret');
    expect(JSON.stringify([message, details, (error as Error).cause ?? null])).not.toContain('canary');
    const { secretId: _, ...rest } = details;
    return { reason, ...rest };
  }
  throw new Error('It was accepted');
}

describe('a private key', () => {
  test.each(signingAlgorithms)('of %s is accepted as PEM, as a JWK and as a JWK in text', (alg) => {
    const { privateKey } = keysByAlgorithm[alg];
    const jwk = asJwk(privateKey);
    for (const private_key of [asPem(privateKey), jwk, JSON.stringify(jwk)]) {
      expect(signingKey({ private_key, alg })).toEqual({ algorithm: alg, keyId: undefined });
    }
  });

  test.each([
    ['RS256', rsaKeys],
    ['ES256', ecKeys],
    ['EdDSA', ed25519Keys],
  ] as const)('signs with %s by default', (algorithm, { privateKey }) => {
    expect(signingKey({ private_key: asPem(privateKey) })).toEqual({ algorithm, keyId: undefined });
  });

  test('takes kid and alg from beside the JWK, or else from it', () => {
    const private_key = { ...asJwk(rsaKeys.privateKey), kid: 'inner', alg: 'PS256' };
    expect(signingKey({ private_key })).toEqual({ algorithm: 'PS256', keyId: 'inner' });
    expect(signingKey({ private_key, kid: 'outer', alg: 'RS256' })).toEqual({ algorithm: 'RS256', keyId: 'outer' });
  });

  test('may be spelled in camelCase', () => {
    const secret = { clientId: 'a', privateKey: asPem(ecKeys.privateKey) };
    expect(parseKey(secret)).toMatchObject({ kind: 'key', clientId: 'a', versionId: 'v1' });
  });

  test('may be beside a client secret; the settings decide which one counts', () => {
    const secret = { client_id: 'a', client_secret: 'b', private_key: asPem(ecKeys.privateKey) };
    expect(parseKey(secret).kind).toBe('key');
    expect(parseClientCredentials('the-secret', 'v1', JSON.stringify(secret), 'secret').kind).toBe('secret');
  });
});

describe('the log names the field of a secret', () => {
  const field = (unusableField: string, expected: string) => ({
    reason: 'secret_field_unusable',
    unusableField,
    expected: expect.stringContaining(expected),
  });
  const weakKey = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const publicPem = ecKeys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  test.each<[string, unknown]>([
    ['is no key', 'canary'],
    ['is cut short', asPem(ecKeys.privateKey).slice(0, 80)],
    ['is JSON that is cut short', '{"kty":"EC","d":"canary'],
    ['is a JWK of unknown type', { kty: 'canary', d: 'canary' }],
    ['is a symmetric JWK', { kty: 'oct', k: 'canary' }],
    ['is a list', ['canary']],
    ['is a number', 7],
    ['is a public key', publicPem],
    ['is a public JWK', asJwk(ecKeys.publicKey)],
    ['is an RSA key of 1024 bits', asPem(weakKey)],
    ['is on another curve', asPem(otherCurve)],
  ])('whose private_key %s', (_what, private_key) => {
    expect(refusal({ client_id: 'canary', private_key })).toEqual(field('private_key', 'PEM PKCS#8 or JWK'));
  });

  test.each([
    [rsaKeys, 'ES256', 'RS256 or PS256'],
    [ecKeys, 'RS256', 'ES256'],
    [ed25519Keys, 'canary', 'EdDSA'],
    [rsaKeys, 7, 'RS256 or PS256'],
  ])('whose alg does not go with the key (%#)', ({ privateKey }, alg, expected) => {
    expect(refusal({ client_id: 'a', private_key: asPem(privateKey), alg })).toEqual(field('alg', expected));
  });

  test.each([7, ''])('whose kid is %p', (kid) => {
    expect(refusal({ client_id: 'a', private_key: asPem(ecKeys.privateKey), kid })).toEqual(field('kid', 'text'));
  });

  test.each([
    [{ client_id: 'a', client_secret: 'canary' }, 'secret_field_missing', 'private_key'],
    [{ private_key: asPem(ecKeys.privateKey) }, 'secret_field_missing', 'client_id'],
    [{ client_id: '', client_secret: '' }, 'secret_not_filled_in', 'client_id, private_key'],
    [{ client_id: '', private_key: '' }, 'secret_not_filled_in', 'client_id, private_key'],
  ])('that is missing (%#)', (secret, reason, missingField) => {
    expect(refusal(secret)).toEqual({ reason, missingField });
  });
});

describe('a client secret', () => {
  const parse = (text: string) => parseClientCredentials('the-secret', 'v1', text, 'secret');

  test('may follow a byte-order mark', () => {
    expect(parse('\ufeff{"client_id":"a","client_secret":"b"}')).toMatchObject({ clientId: 'a', clientSecret: 'b' });
  });

  test('and its client id lose only the line breaks and tabs around them', () => {
    const secret = JSON.stringify({ client_id: 'a\n', client_secret: '\t b c \r\n' });
    expect(parse(secret)).toMatchObject({ clientId: 'a', clientSecret: ' b c ' });
  });

  test('of line breaks only counts as missing', () => {
    expect(() => parse(JSON.stringify({ client_id: 'a', client_secret: '\n' }))).toThrow(
      expect.objectContaining({ reason: 'secret_field_missing' }),
    );
  });
});
