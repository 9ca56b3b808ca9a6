import { describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { signClientAssertion } from '../../../../functions/shared/exchange/client-assertion.ts';
import { keysByAlgorithm, signingAlgorithms } from '../../../support/key-pairs.ts';

const tokenUrl = 'https://login.example.com/token';
const nowMs = Date.UTC(2026, 0, 1, 0, 0, 0, 900);

describe.each(signingAlgorithms)('an assertion signed with %s', (algorithm) => {
  const { privateKey, publicKey } = keysByAlgorithm[algorithm];
  const sign = (keyId?: string) =>
    signClientAssertion('the client', { key: privateKey, algorithm, keyId }, tokenUrl, nowMs);

  test('is verified by jose, and says what RFC 7523 §3 asks for', async () => {
    const options = { algorithms: [algorithm], audience: tokenUrl, currentDate: new Date(nowMs) };
    const { payload } = await jwtVerify(sign(), publicKey, options);
    const issuedAt = Date.UTC(2026, 0, 1) / 1000;
    expect(payload).toEqual({
      iss: 'the client',
      sub: 'the client',
      aud: tokenUrl,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: issuedAt,
      exp: issuedAt + 60,
    });
  });

  test('names the key where it has a name', () => {
    expect(decodeProtectedHeader(sign('key-1'))).toEqual({ alg: algorithm, typ: 'JWT', kid: 'key-1' });
    expect(decodeProtectedHeader(sign())).toEqual({ alg: algorithm, typ: 'JWT' });
  });

  test('is no other’s: each has a jti of its own', () => {
    expect(sign()).not.toBe(sign());
  });
});
