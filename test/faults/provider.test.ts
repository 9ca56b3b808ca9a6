import { describe, expect, test } from '@jest/globals';
import { buildVendEvent } from '../support/rest-event.ts';
import { answerToken } from '../support/scripted-provider.ts';
import { type Answer, startVendingFunction } from '../support/vending-function.ts';
import { provider, useVending, vending } from '../support/vending-setup.ts';
import { type ProviderFault, providerFaults } from './provider-faults.ts';

// Every fault of the provider in every state of the cache, over real sockets. Tokens live 3600 s and are due after 2700.

useVending();

/** A vend. For a provider that does not answer it has little time, so that nobody waits for long. */
const vendWith = (isSilent: boolean): Promise<Answer> =>
  vending.handle(buildVendEvent('prove'), isSilent ? 750 : 10_000);

/** Obtains `token-1` and lets time pass. */
async function holdToken(ageSeconds: number): Promise<void> {
  await vending.vend();
  vending.clock.advanceSeconds(ageSeconds);
}

/** Which token is held once the provider has recovered; a new one, where none is held. */
async function heldAfterwards(isSilent: boolean): Promise<string> {
  provider.answerWith(answerToken());
  const { status, headers, body } = await vendWith(isSilent);
  return status === 200 && headers['x-token-source']?.startsWith('memory') === true ? body.access_token : 'none';
}

/** Every failure except the caller's own deadline says when the next try is made: after a second, or when the refusal is forgotten. */
function retryAfterOf({ status, reason, retryAfter }: ProviderFault): string | undefined {
  if (retryAfter !== undefined || status === 504) return retryAfter;
  return reason === 'credentials_refused' ? '30' : '1';
}

describe.each(providerFaults)('$name', (fault) => {
  const { script, status, error, reason, requests } = fault;
  const isSilent = status === 504;
  const vend = () => vendWith(isSilent);

  test.each([
    ['no token', undefined],
    ['an expired token', 3600],
  ])(`with ${'%s'} is ${status} ${error}`, async (_state, ageSeconds) => {
    if (ageSeconds !== undefined) await holdToken(ageSeconds);
    const before = provider.requests.length;
    provider.answerWith(script);
    const answer = await vend();
    expect([answer.status, answer.body.error, answer.headers['retry-after']]).toEqual([
      status,
      error,
      retryAfterOf(fault),
    ]);
    expect(vending.lastLog()).toMatchObject({ level: 'error', error, reason });
    expect(provider.requests.length - before).toBe(requests);
    expect(await heldAfterwards(isSilent)).toBe('none');
  });

  test('with a fresh token reaches nobody', async () => {
    await holdToken(60);
    provider.answerWith(script);
    expect(await vend()).toMatchObject({ status: 200, headers: { 'x-token-source': 'memory' } });
    expect(provider.requests).toHaveLength(1);
    expect(await heldAfterwards(isSilent)).toBe('token-1');
  });

  test('with a token in its refresh window answers the old token and sends no second request', async () => {
    await holdToken(2700);
    provider.answerWith(script);
    const first = await vend();
    expect(first).toMatchObject({ status: 200, headers: { 'x-token-source': 'memory-stale' } });
    expect(first.body.access_token).toBe('token-1');
    expect(vending.lastLog()).toMatchObject({ level: 'warn', status: 200, error, reason });
    // The exchange with a provider that does not answer is still running, although no caller waits for it.
    expect((await vend()).headers['x-token-source']).toBe(status === 504 ? 'memory' : 'memory-stale');
    expect(provider.requests).toHaveLength(1 + requests);
    expect(await heldAfterwards(isSilent)).toBe('token-1');
  });
});

describe('a provider that cannot be reached', () => {
  test.each([
    ['connection refused', 'http:', 'connection_failed', 'ECONNREFUSED'],
    ['TLS that is none', 'https:', 'tls_failed', expect.stringMatching(/SSL|EPROTO/)],
  ])('%s is 503 temporarily_unavailable and named in the log', async (name, protocol, reason, networkCode) => {
    const unreachable = await startVendingFunction(provider.tokenUrl.replace('http:', protocol));
    if (name === 'connection refused') await provider.close();
    const { status, body } = await unreachable.handle(buildVendEvent('prove'), 2_000);
    expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(unreachable.lastLog()).toMatchObject({ reason, networkCode });
    await unreachable.close();
  });
});
