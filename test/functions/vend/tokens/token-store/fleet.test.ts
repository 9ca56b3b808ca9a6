import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../../../../functions/shared/exchange/access-token.ts';
import { answerJson, answerToken } from '../../../../support/scripted-provider.ts';
import { startVendingFleet, type VendingFleet } from '../../../../support/vending-fleet.ts';
import type { Answer } from '../../../../support/vending-function.ts';
import { provider, useProvider } from '../../../../support/vending-setup.ts';

const sources = (answers: readonly Answer[]) => answers.map(({ headers }) => headers['x-token-source']);
const tokens = (answers: readonly Answer[]) => new Set(answers.map(({ body }) => body.access_token));

describe('a fleet with a token store', () => {
  useProvider();
  let fleet: VendingFleet;
  beforeEach(async () => {
    fleet = await startVendingFleet(provider.tokenUrl);
  });
  afterEach(() => fleet.close());

  /** The holder of the lease asks a provider that answers only when it is told. */
  function holdProvider(): { readonly isAsked: Promise<void>; readonly answer: () => void } {
    const asked = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    provider.answerWith(async (response, request, count) => {
      asked.resolve();
      if (count === 1) await told.promise;
      await answerToken()(response, request, count);
    });
    return { isAsked: asked.promise, answer: told.resolve };
  }

  async function itemKey(kind: string): Promise<string> {
    const keys = (await fleet.scan()).map((item) => item['pk']?.S ?? '');
    return keys.find((key) => key.startsWith(`${kind}#`)) ?? '';
  }

  test('exchanges once for 50 cold instances', async () => {
    const answers = await Promise.all(fleet.addInstances(50).map((instance) => instance.vend()));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(tokens(answers)).toEqual(new Set(['token-1']));
    expect(provider.requests).toHaveLength(1);
    expect(sources(answers).filter((source) => source === 'exchange')).toHaveLength(1);
    expect(sources(answers).filter((source) => source === 'shared')).toHaveLength(49);
  });

  test('answers a later instance from the store with the seconds that are left, and then from memory', async () => {
    await fleet.addInstance().vend();
    fleet.clock.advanceSeconds(1000);
    const late = fleet.addInstance();
    const first = await late.vend();
    expect(first.headers['x-token-source']).toBe('shared');
    expect(first.headers['server-timing']).toBeUndefined();
    expect(first.body).toMatchObject({ access_token: 'token-1', expires_in: 2600 });
    expect((await late.vend()).headers['x-token-source']).toBe('memory');
    expect(provider.requests).toHaveLength(1);
  });

  test('refreshes once; the others adopt the younger token', async () => {
    const instances = fleet.addInstances(5);
    for (const instance of instances) await instance.vend();
    fleet.clock.advanceSeconds(3300);
    const answers: Answer[] = [];
    for (const instance of instances) answers.push(await instance.vend());
    expect(tokens(answers)).toEqual(new Set(['token-2']));
    expect(sources(answers)).toEqual(['refresh', 'shared', 'shared', 'shared', 'shared']);
    expect(provider.requests).toHaveLength(2);
  });

  test('answers from memory while another instance refreshes', async () => {
    const [first, second] = [fleet.addInstance(), fleet.addInstance()];
    await first.vend();
    await second.vend();
    fleet.clock.advanceSeconds(3300);
    const asked = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    provider.answerWith(async (response, request, count) => {
      asked.resolve();
      await told.promise;
      await answerToken()(response, request, count);
    });
    const refreshing = first.vend();
    await asked.promise;
    expect((await second.vend()).headers['x-token-source']).toBe('memory');
    expect((await second.vend()).headers['x-token-source']).toBe('memory');
    told.resolve();
    expect((await refreshing).headers['x-token-source']).toBe('refresh');
    fleet.clock.advanceSeconds(1);
    expect((await second.vend()).headers['x-token-source']).toBe('shared');
    expect(provider.requests).toHaveLength(2);
  });

  test('replaces a token once for all who report it, and keeps the next one for 10 s', async () => {
    const instances = fleet.addInstances(10);
    await Promise.all(instances.map((instance) => instance.vend()));
    const report = (token: string) => `rejected_token_sha256=${fingerprintOf(token)}`;
    const answers = await Promise.all(instances.map((instance) => instance.vend(report('token-1'))));
    expect(tokens(answers)).toEqual(new Set(['token-2']));
    expect(new Set(answers.map(({ headers }) => headers['x-token-rejection']))).toEqual(new Set(['replaced']));
    expect(provider.requests).toHaveLength(2);
    const cold = await fleet.addInstance().vend(report('token-2'));
    expect(cold.body.access_token).toBe('token-2');
    expect(cold.headers['x-token-rejection']).toBe('kept');
    expect(provider.requests).toHaveLength(2);
    fleet.clock.advanceSeconds(10);
    const later = await fleet.addInstance().vend(report('token-2'));
    expect(later.body.access_token).toBe('token-3');
    expect(provider.requests).toHaveLength(3);
  });

  test('exchanges once in 30 s for min_ttl, whoever asks', async () => {
    await fleet.addInstance().vend();
    fleet.clock.advanceSeconds(2000);
    const answers: Answer[] = [];
    for (const instance of fleet.addInstances(4)) answers.push(await instance.vend('min_ttl=3000'));
    expect(tokens(answers)).toEqual(new Set(['token-2']));
    expect(provider.requests).toHaveLength(2);
  });

  test('keeps a Retry-After for all, also for those who come later', async () => {
    provider.answerWith(answerJson(429, {}, { 'retry-after': '20' }));
    const answers = await Promise.all(fleet.addInstances(10).map((instance) => instance.vend()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(new Set(answers.map(({ headers }) => headers['retry-after']))).toEqual(new Set(['20']));
    fleet.clock.advanceSeconds(15);
    expect((await fleet.addInstance().vend()).headers['retry-after']).toBe('5');
    expect(provider.requests).toHaveLength(1);
    provider.answerWith(answerToken());
    fleet.clock.advanceSeconds(5);
    expect((await fleet.addInstance().vend()).status).toBe(200);
  });

  test('costs a provider one refused request in 30 s, and obtains a token with the next version at once', async () => {
    provider.answerWith(answerJson(401, { code: 8002, message: 'no' }));
    const answers = await Promise.all(fleet.addInstances(10).map((instance) => instance.vend()));
    expect(new Set(answers.map(({ body }) => body.error))).toEqual(new Set(['provider_rejected_credentials']));
    fleet.clock.advanceSeconds(29);
    expect((await fleet.addInstance().vend()).headers['retry-after']).toBe('1');
    expect(provider.requests).toHaveLength(1);
    provider.answerWith(answerToken());
    await fleet.putSecret({ client_id: 'the-client', client_secret: 'canary-new-secret' });
    expect((await fleet.addInstance().vend()).status).toBe(200);
    expect(provider.requests).toHaveLength(2);
  });

  test('exchanges once for a promoted version, which reaches those who still hold the old one', async () => {
    const [old, other] = [fleet.addInstance(), fleet.addInstance()];
    await old.vend();
    await other.vend();
    await fleet.putSecret({ client_id: 'the-client', client_secret: 'canary-new-secret' });
    fleet.clock.advanceSeconds(31);
    const promoted = await fleet.addInstance().vend();
    expect(promoted.body.access_token).toBe('token-2');
    const report = await old.vend(`rejected_token_sha256=${fingerprintOf('token-1')}`);
    expect(report.body.access_token).toBe('token-2');
    expect(report.headers['x-token-source']).toBe('shared');
    expect(provider.requests).toHaveLength(2);
    expect(provider.requests[1]?.body).toContain('canary-new-secret');
  });

  test('takes the lease of a holder that was killed', async () => {
    const { isAsked, answer } = holdProvider();
    const killed = fleet.addInstance().vend();
    await isAsked;
    const waiting = fleet.addInstance().vend();
    fleet.clock.advanceSeconds(7.1);
    expect((await waiting).body.access_token).toBe('token-2');
    expect(provider.requests).toHaveLength(2);
    answer();
    await killed;
  });

  test('lets a thawed holder overwrite nothing newer', async () => {
    const { isAsked, answer } = holdProvider();
    const frozen = fleet.addInstance().vend();
    await isAsked;
    fleet.clock.advanceSeconds(7.1);
    expect((await fleet.addInstance().vend()).body.access_token).toBe('token-2');
    answer();
    expect((await frozen).body.access_token).toBe('token-1');
    expect((await fleet.addInstance().vend()).body.access_token).toBe('token-2');
  });

  test('answers 503 to who reaches its deadline while another exchanges', async () => {
    const { isAsked, answer } = holdProvider();
    const holding = fleet.addInstance().vend();
    await isAsked;
    const waiting = fleet.addInstance();
    const { status, headers, body } = await waiting.vend('', 600);
    expect([status, headers['retry-after'], body.error]).toEqual([503, '1', 'temporarily_unavailable']);
    answer();
    await holding;
    expect((await waiting.vend()).body.access_token).toBe('token-1');
  });

  test('shares no token without a known lifetime', async () => {
    provider.answerWith(answerToken({ token_type: 'Bearer' }));
    const answers = await Promise.all(fleet.addInstances(5).map((instance) => instance.vend()));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(sources(answers)).toEqual(Array(5).fill('exchange'));
    expect(await itemKey('entry')).toBe('');
  });

  test.each([
    ['cut off', 'sealed', { B: new Uint8Array(10) }],
    ['of another fingerprint', 'fingerprint', { S: fingerprintOf('other') }],
    ['made to live longer', 'expiresAtMs', { N: String(Date.UTC(2027, 0, 1)) }],
    ['of another kind', 'sealed', { S: 'text' }],
  ] as const)('replaces an entry that was %s', async (_, name, value) => {
    await fleet.addInstance().vend();
    await fleet.set(await itemKey('entry'), name, value);
    expect((await fleet.addInstance().vend()).body.access_token).toBe('token-2');
    expect((await fleet.addInstance().vend()).body.access_token).toBe('token-2');
  });

  test('answers no entry that has expired, however long its deletion takes', async () => {
    await fleet.addInstance().vend();
    fleet.clock.advanceSeconds(3591);
    expect((await fleet.addInstance().vend()).body.access_token).toBe('token-2');
  });

  test('shares tokens between instances whose clocks differ by 2 s', async () => {
    expect((await fleet.addInstance(undefined, 2_000).vend()).body.access_token).toBe('token-1');
    const behind = await fleet.addInstance(undefined, -2_000).vend();
    expect(behind.headers['x-token-source']).toBe('shared');
  });

  test('keeps no token, no secret and no client_id in the table', async () => {
    await fleet.addInstance().vend();
    provider.answerWith(answerJson(401, { code: 8002 }));
    await fleet.addInstance().vend(`rejected_token_sha256=${fingerprintOf('token-1')}`);
    const items = await fleet.scan();
    expect(items.length).toBeGreaterThanOrEqual(2);
    for (const form of ['utf8', 'latin1', 'base64'] as const) {
      const raw = JSON.stringify(items, (_, part) => {
        const isBytes = part !== null && typeof part === 'object' && part.type === 'Buffer';
        return part instanceof Uint8Array || isBytes ? Buffer.from(part.data ?? part).toString(form) : part;
      });
      for (const text of ['token-1', 'canary-client-secret', 'the-client']) {
        expect(raw).not.toContain(text);
        expect(raw).not.toContain(Buffer.from(text).toString('base64').replace(/=+$/, ''));
      }
    }
  });
});
