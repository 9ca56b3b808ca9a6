import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { buildVendEvent, callerArn } from '../../../support/rest-event.ts';
import { answerJson, answerToken } from '../../../support/scripted-provider.ts';
import { provider, useVending, vending } from '../../../support/vending-setup.ts';

useVending();

const caller = {
  message: 'vend',
  timestamp: expect.stringMatching(/^2026-01-01T00:00:\d\d\.\d{3}Z$/),
  lambdaRequestId: 'lambda-request',
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  callerArn,
  callerAccount: '444455556666',
  provider: 'prove',
};

describe('the log line of a vend', () => {
  test('says who asked for what and what came of it, in these fields and no others', async () => {
    provider.answerWith((response, request, count) => {
      vending.clock.advanceSeconds(0.25);
      return answerToken()(response, request, count);
    });
    await vending.vend();
    expect(vending.logLines).toHaveLength(3);
    expect(vending.logLines[2]).toMatch(/^\{.*\}\n$/);
    expect(vending.lastLog()).toEqual({
      ...caller,
      level: 'info',
      status: 200,
      source: 'exchange',
      fingerprint: createHash('sha256').update('token-1').digest('hex'),
      secretVersion: expect.any(String),
      secondsLeft: 3599,
      milliseconds: 250,
    });
  });

  test('warns of a refresh that failed, with the reason', async () => {
    await vending.vend();
    provider.answerWith(answerJson(500, {}));
    vending.clock.advanceSeconds(2700);
    await vending.vend();
    expect(vending.lastLog()).toMatchObject({
      level: 'warn',
      status: 200,
      source: 'memory-stale',
      error: 'temporarily_unavailable',
      reason: 'provider_unavailable',
      providerStatus: 500,
    });
  });

  test('says why there was no token', async () => {
    provider.answerWith(answerJson(403, { message: 'Forbidden' }));
    await vending.vend();
    expect(vending.lastLog()).toEqual({
      ...caller,
      level: 'error',
      status: 502,
      milliseconds: 0,
      error: 'provider_error',
      reason: 'unexpected_status',
      providerStatus: 403,
    });
  });

  test('does not repeat a provider name that a caller made up', async () => {
    await vending.handle(buildVendEvent('{"level":"info"}\n'));
    expect(vending.lastLog()).toEqual({
      ...caller,
      provider: undefined,
      level: 'warn',
      status: 404,
      milliseconds: 0,
      error: 'unknown_provider',
      reason: 'unknown_provider',
    });
  });

  test('is written for an event that nobody can have sent through the API', async () => {
    await vending.handle(JSON.parse('{}'));
    expect(vending.lastLog()).toEqual({
      message: 'vend',
      timestamp: '2026-01-01T00:00:00.000Z',
      lambdaRequestId: 'lambda-request',
      level: 'warn',
      status: 404,
      milliseconds: 0,
      error: 'invalid_request',
      reason: 'unknown_resource',
    });
  });
});

test('every line of a vend has the ids of Lambda and of API Gateway', async () => {
  await vending.vend();
  const refuse = answerJson(401, { code: 8002, message: 'unauthorized request' });
  provider.answerWith(refuse);
  vending.clock.advanceSeconds(3600);
  await vending.vend();
  vending.failSecretsWith((response) => void response.writeHead(500).end());
  vending.clock.advanceSeconds(60);
  await vending.vend();
  vending.failSecretsWith(undefined);
  await vending.putSecret(JSON.stringify({ client_id: 'a', client_secret: 'canary-b' }), ['AWSPENDING']);
  provider.answerWith((response, request, count) => {
    (request.body.includes('canary-b') ? answerToken() : refuse)(response, request, count);
  });
  vending.clock.advanceSeconds(60);
  await vending.vend();
  const lines = vending.logLines.map((line) => JSON.parse(line));
  const messages = new Set(lines.map(({ message }) => message));
  expect([...messages].sort()).toEqual([
    'credentials-fallback',
    'credentials-read',
    'exchange',
    'secret-stale',
    'vend',
  ]);
  const { lambdaRequestId, requestId } = caller;
  expect(lines).toEqual(lines.map(() => expect.objectContaining({ lambdaRequestId, requestId })));
});
