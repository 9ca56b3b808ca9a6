import { describe, expect, test } from '@jest/globals';
import { buildVendEvent } from '../support/rest-event.ts';
import { answerToken, type Script } from '../support/scripted-provider.ts';
import type { Answer } from '../support/vending-function.ts';
import { provider, startVending, useProvider, vending } from '../support/vending-setup.ts';
import { providerFaults } from './provider-faults.ts';
import { secretsFaults } from './secrets-faults.ts';

// One caller's scope set meets every fault. What do the callers of other scope sets notice?

useProvider();

const scopes = { default: ['a'], allowed: ['a', 'b', 'c'] };
const vend = (scope: string, remainingMs?: number): Promise<Answer> =>
  vending.handle(buildVendEvent('prove', `scope=${scope}`), remainingMs);

/** Answers like this when the scope is `b`, and with a token otherwise. */
const onlyForB =
  (script: Script): Script =>
  (response, request, count) =>
    (new URLSearchParams(request.body).get('scope') === 'b' ? script : answerToken())(response, request, count);

describe.each(providerFaults)('the provider: $name', ({ script, status, error, hurtsWithoutToken }) => {
  test('hurts nobody who holds a token, and others only while the provider asks for it', async () => {
    await startVending({ dialect: 'prove', scopes });
    await vend('a');
    provider.answerWith(onlyForB(script));
    // Little time, but only where no answer can come.
    expect(await vend('b', status === 504 ? 750 : undefined)).toMatchObject({ status, body: { error } });
    expect(await vend('a')).toMatchObject({ status: 200, headers: { 'x-token-source': 'memory' } });
    expect((await vend('c')).status).toBe(hurtsWithoutToken === true ? 503 : 200);
  });
});

describe.each(secretsFaults)('Secrets Manager: $name', ({ script, status, error }) => {
  test('hurts nobody once it has passed', async () => {
    await startVending({ dialect: 'prove', scopes });
    vending.failSecretsWith(script);
    expect(await vending.vend('scope=b')).toMatchObject({ status, body: { error } });
    vending.failSecretsWith(undefined);
    expect((await vend('c')).status).toBe(200);
  });
});
