import { describe, expect, test } from '@jest/globals';
import { answerJson, answerToken } from '../../../support/scripted-provider.ts';
import { type Answer, clientCredentials } from '../../../support/vending-function.ts';
import { provider, useVending, vending } from '../../../support/vending-setup.ts';

// Which version of the secret a vend uses while a rotation is under way. Tokens live 60 s here, so that each step
// exchanges; a refused version is remembered for 30 s.

useVending();

const refuse = answerJson(401, { code: 8002, message: 'unauthorized request' });
const secretOf = (name: string): string => JSON.stringify({ ...clientCredentials, client_secret: `canary-${name}` });

/** From now on the provider accepts only these client secrets. */
function accept(...names: string[]): void {
  provider.answerWith((response, request, count) => {
    const isAccepted = names.some((name) => request.body.endsWith(`client_secret=canary-${name}`));
    return (isAccepted ? answerToken({ token_type: 'Bearer', expires_in: 60 }) : refuse)(response, request, count);
  });
}

/** A vend that cannot be answered from memory. */
function exchange(): Promise<Answer> {
  vending.clock.advanceSeconds(60);
  return vending.vend();
}

const fallbacks = (): Record<string, unknown>[] =>
  vending.logLines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'credentials-fallback');

describe('while AWSCURRENT is refused', () => {
  test('AWSPENDING serves when it works, in the same vend, as long as AWSCURRENT is refused', async () => {
    accept('client-secret');
    await vending.vend();
    const version = await vending.putSecret(secretOf('new'), ['AWSPENDING']);
    accept('new');
    expect((await exchange()).status).toBe(200);
    expect(provider.requests).toHaveLength(3);
    expect((await exchange()).status).toBe(200);
    // AWSCURRENT once more, for its refusal is more than 30 s ago.
    expect(provider.requests).toHaveLength(5);
    expect(fallbacks()).toHaveLength(2);
    expect(fallbacks()[0]).toEqual({
      timestamp: '2026-01-01T00:01:00.000Z',
      level: 'warn',
      message: 'credentials-fallback',
      lambdaRequestId: 'lambda-request',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      secretVersion: version,
      function: 'the-function',
      provider: 'prove',
      stage: 'AWSPENDING',
      CredentialsFallback: 1,
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'TokenVending',
            Dimensions: [['function'], ['function', 'provider', 'stage']],
            Metrics: [{ Name: 'CredentialsFallback', Unit: 'Count' }],
          },
        ],
      },
    });
    await vending.promote(version);
    vending.clock.advanceSeconds(240);
    expect((await exchange()).status).toBe(200);
    expect(fallbacks()).toHaveLength(2);
  });

  test('AWSPREVIOUS serves when AWSPENDING does not, as after a promotion that was a mistake', async () => {
    await vending.putSecret(secretOf('wrong'));
    await vending.putSecret(secretOf('wrong-too'), ['AWSPENDING']);
    accept('client-secret');
    expect((await vending.vend()).status).toBe(200);
    expect(provider.requests).toHaveLength(3);
    expect(fallbacks()).toMatchObject([{ provider: 'prove', stage: 'AWSPREVIOUS' }]);
    expect((await exchange()).status).toBe(200);
    expect(fallbacks()).toHaveLength(2);
  });

  test('a version that cannot be used is skipped', async () => {
    await vending.putSecret(secretOf('wrong'));
    await vending.putSecret('canary-not-json', ['AWSPENDING']);
    accept('client-secret');
    expect((await vending.vend()).status).toBe(200);
    expect(fallbacks()).toMatchObject([{ stage: 'AWSPREVIOUS' }]);
  });

  test('no version is tried twice within 30 s', async () => {
    await vending.putSecret(secretOf('wrong'));
    await vending.putSecret(secretOf('wrong-too'), ['AWSPENDING']);
    provider.answerWith(refuse);
    expect((await vending.vend()).status).toBe(502);
    expect(provider.requests).toHaveLength(3);
    vending.clock.advanceSeconds(29);
    expect((await vending.vend()).status).toBe(502);
    expect(provider.requests).toHaveLength(3);
  });

  test('another failure of the provider is final, because it says nothing about the version', async () => {
    await vending.putSecret(secretOf('wrong'), ['AWSPENDING']);
    provider.answerWith((response, request, count) =>
      (count === 1 ? refuse : answerJson(429, {}))(response, request, count),
    );
    expect((await vending.vend()).status).toBe(503);
    expect(fallbacks()).toEqual([]);
  });
});

test('a second hard cutover a few seconds after the first costs no vend', async () => {
  accept('client-secret');
  await vending.vend();
  const second = await vending.putSecret(secretOf('second'), ['AWSPENDING']);
  accept('second');
  expect((await exchange()).status).toBe(200);
  await vending.promote(second);
  await vending.putSecret(secretOf('third'), ['AWSPENDING']);
  accept('third');
  vending.clock.advanceSeconds(5);
  const { fingerprint } = vending.lastLog();
  expect((await vending.vend(`rejected_token_sha256=${fingerprint}`)).status).toBe(200);
});

test('a working AWSCURRENT is used whatever other versions exist, and no line is logged', async () => {
  await vending.putSecret(secretOf('pending'), ['AWSPENDING']);
  accept('client-secret', 'pending');
  expect((await vending.vend()).status).toBe(200);
  expect((await exchange()).status).toBe(200);
  expect([provider.requests.every(({ body }) => !body.includes('pending')), fallbacks()]).toEqual([true, []]);
});

test('the age of AWSCURRENT is a metric of each read, and the log has nothing of a secret', async () => {
  await vending.vend();
  expect(vending.logLines.map((line) => JSON.parse(line))[0]).toMatchObject({
    level: 'info',
    message: 'credentials-read',
    secretId: 'token-vending/test/prove',
    secretVersion: expect.any(String),
    function: 'the-function',
    CredentialAgeDays: 0,
    _aws: { CloudWatchMetrics: [{ Dimensions: [['function'], ['function', 'secretId']] }] },
  });
  expect(vending.logLines.join()).not.toContain('canary');
});
