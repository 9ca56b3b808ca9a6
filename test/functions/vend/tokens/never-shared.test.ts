import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HttpRequest, HttpResponse } from '../../../../functions/shared/runtime/http-client.ts';
import { parseProviders } from '../../../../functions/shared/settings/config.ts';
import { createVendingFunction } from '../../../../functions/vend/handler.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { buildContext, buildVendEvent } from '../../../support/rest-event.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 200);
const scopeNames = ['a', 'b', 'c'];
const lifetimeSeconds = 100;

/** Two providers that share a token endpoint, a client and its secret, and differ in a parameter. */
function createVending(clock: FakeClock) {
  const common = { tokenUrl: 'https://login.example.com/token', secretId: 's', scopes: { allowed: scopeNames } };
  const settings = {
    one: { ...common, parameters: { audience: 'one' } },
    two: { ...common, parameters: { audience: 'two' } },
  };
  let issued = 0;
  /** The token says what it was issued for. */
  async function send({ body }: HttpRequest): Promise<HttpResponse> {
    const form = new URLSearchParams(String(body));
    issued += 1;
    const token = `${form.get('audience')}/${form.get('scope') ?? ''}/${issued}`.replaceAll(' ', '+');
    const answer = { access_token: token, expires_in: lifetimeSeconds };
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) };
  }
  const { handler } = createVendingFunction({
    config: { providers: parseProviders(settings, 'providers'), logLevel: 'info' },
    secretsManager: {
      send: async () => ({ SecretString: '{"client_id":"a","client_secret":"b"}', VersionId: 'v1' }),
    },
    http: { send, connect: () => {} },
    now: clock.now,
    wallClock: clock.now,
    random: () => 0,
    sleep: async () => {},
    write: () => {},
    functionName: 'the-function',
    version: '1.2.3',
  });
  return async (provider: string, scope: string): Promise<string> => {
    const form = scope === '' ? '' : new URLSearchParams({ scope }).toString();
    const { body } = await handler(buildVendEvent(provider, form), buildContext());
    return JSON.parse(body).access_token;
  };
}

const request = fc.record({
  provider: fc.constantFrom('one', 'two'),
  // In any order, with repeats: only the set counts.
  scopes: fc.array(fc.constantFrom(...scopeNames), { maxLength: 4 }),
});
const round = fc.record({
  requests: fc.array(request, { minLength: 1, maxLength: 4 }),
  waitSeconds: fc.nat(lifetimeSeconds),
});

test('two providers with the same secret, or two sets of scopes, never share a token', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 8 }), async (rounds) => {
      const clock = createFakeClock();
      const vend = createVending(clock);
      for (const { requests, waitSeconds } of rounds) {
        // The vends of a round run concurrently: neither the cache nor a shared exchange may mix them up.
        const tokens = await Promise.all(requests.map(({ provider, scopes }) => vend(provider, scopes.join(' '))));
        for (const [index, { provider, scopes }] of requests.entries()) {
          const canonical = [...new Set(scopes)].sort().join('+');
          expect(tokens[index]).toMatch(new RegExp(`^${provider}/${canonical.replaceAll('+', '\\+')}/\\d+$`));
        }
        clock.advanceSeconds(waitSeconds);
      }
    }),
    { numRuns: runs },
  );
});
