import { describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { signClientAssertion } from '../../../../functions/shared/exchange/client-assertion.ts';
import { createExchange } from '../../../../functions/shared/exchange/exchange.ts';
import { createClock } from '../../../../functions/shared/runtime/clock.ts';
import { parseProviders } from '../../../../functions/shared/settings/config.ts';
import type { Provider } from '../../../../functions/shared/settings/provider-settings.ts';
import { keysByAlgorithm, signingAlgorithms } from '../../../support/key-pairs.ts';

const tokenUrl = 'https://login.example.com/token';
const nowMs = Date.UTC(2026, 0, 1, 0, 0, 0, 900);

describe.each(signingAlgorithms)('an assertion signed with %s', (algorithm) => {
  const { privateKey, publicKey } = keysByAlgorithm[algorithm];
  const sign = (keyId?: string) =>
    signClientAssertion('the client', { key: privateKey, algorithm, keyId }, tokenUrl, nowMs);

  test('is verified by jose, and has the claims that RFC 7523 §3 requires', async () => {
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

  test('names the key if it has a name', () => {
    expect(decodeProtectedHeader(sign('key-1'))).toEqual({ alg: algorithm, typ: 'JWT', kid: 'key-1' });
    expect(decodeProtectedHeader(sign())).toEqual({ alg: algorithm, typ: 'JWT' });
  });

  test('has a unique jti', () => {
    expect(sign()).not.toBe(sign());
  });
});

test('an assertion is dated by the wall clock, also after it has jumped ahead and back', async () => {
  let wallMs = nowMs;
  let monotonicMs = 0;
  const now = createClock(
    () => wallMs,
    () => monotonicMs,
  );
  const assertions: string[] = [];
  const exchange = createExchange({
    async send({ body }) {
      assertions.push(new URLSearchParams(String(body)).get('client_assertion') ?? '');
      return { status: 200, headers: {}, body: Buffer.from('{"access_token":"t","expires_in":60}') };
    },
    now,
    wallClock: () => wallMs,
    random: () => 0,
  });
  const settings = { tokenUrl, secretId: 's', clientAuth: 'private_key_jwt' as const };
  const provider = parseProviders({ p: settings }, 'providers').get('p') as Provider;
  const { privateKey: key } = keysByAlgorithm.ES256;
  const signingKey = { key, algorithm: 'ES256' as const, keyId: undefined };
  const credentials = { kind: 'key' as const, clientId: 'a', signingKey, versionId: 'v1' };
  for (const jumpMs of [0, 3_600_000, -3_600_000]) {
    wallMs += jumpMs + 1_000;
    monotonicMs += 1_000;
    await exchange(provider, credentials, [], now() + 5_000);
    expect(decodeJwt(assertions.at(-1) ?? '').iat).toBe(Math.floor(wallMs / 1000));
  }
});
