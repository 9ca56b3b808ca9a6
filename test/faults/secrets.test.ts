import { describe, expect, test } from '@jest/globals';
import { provider, useVending, vending } from '../support/vending-setup.ts';
import { secretsFaults } from './secrets-faults.ts';

// Every fault of Secrets Manager in every state, through the real SDK. A secret is read again after 300 s.

useVending();

describe.each(secretsFaults)('$name', ({ script, status, error, reason, reads }) => {
  test(`with a secret that was never read is ${status} ${error}, and nothing is kept`, async () => {
    vending.failSecretsWith(script);
    const answer = await vending.vend();
    expect([answer.status, answer.body.error]).toEqual([status, error]);
    expect(vending.lastLog()).toMatchObject({ level: 'error', error, reason, secretId: 'token-vending/test/prove' });
    expect([vending.secretReads(), provider.requests.length]).toEqual([reads, 0]);
    expect(vending.logLines.join()).not.toContain('canary');
    vending.failSecretsWith(undefined);
    vending.clock.advanceSeconds(1);
    expect((await vending.vend()).status).toBe(200);
  });

  test('with a fresh token reaches nobody', async () => {
    await vending.vend();
    vending.clock.advanceSeconds(600);
    vending.failSecretsWith(script);
    expect((await vending.vend()).headers['x-token-source']).toBe('memory');
    expect(vending.secretReads()).toBe(1);
  });

  test.each([
    ['a token in its refresh window', 2700, 'refresh'],
    ['an expired token', 3600, 'exchange'],
  ])('with %s is bridged by the last good value', async (_state, ageSeconds, source) => {
    await vending.vend();
    vending.clock.advanceSeconds(ageSeconds);
    vending.failSecretsWith(script);
    const answer = await vending.vend();
    expect([answer.status, answer.headers['x-token-source'], answer.body.access_token]).toEqual([
      200,
      source,
      'token-2',
    ]);
    expect(vending.secretReads()).toBe(1 + reads);
    const stale = vending.logLines.map((line) => JSON.parse(line)).find(({ message }) => message === 'secret-stale');
    expect(stale).toMatchObject({ level: 'warn', message: 'secret-stale', reason });
  });
});
