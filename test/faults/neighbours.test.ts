import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { buildVendEvent } from '../support/rest-event.ts';
import { answerJson, answerToken, type ReceivedRequest, type Script } from '../support/scripted-provider.ts';
import {
  type Answer,
  clientCredentials,
  startVendingFunction,
  type VendingFunction,
} from '../support/vending-function.ts';
import { provider, startVending, useProvider, vending } from '../support/vending-setup.ts';

// What one caller, one scope set or one bad answer does to everybody else: nothing. Tokens live 3600 s and are due after 2700.

useProvider();

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const report = (token: string) => vending.vend(`rejected_token_sha256=${sha256(token)}`);
const rejectionOf = ({ headers }: Answer) => headers['x-token-rejection'];
const scopeOf = ({ body }: ReceivedRequest) => new URLSearchParams(body).get('scope');

describe('a report', () => {
  test.each<[string, Script, number, string]>([
    ['is down', answerJson(503, {}, { 'retry-after': '300' }), 503, 'temporarily_unavailable'],
    ['does not answer', () => {}, 504, 'provider_timeout'],
    ['answers HTML', (response) => void response.end('<html>'), 502, 'provider_error'],
    ['refuses the client', answerJson(401, { code: 8002 }), 502, 'provider_rejected_credentials'],
  ])('gets the error when the provider %s, and everyone else the token held', async (_what, script, status, error) => {
    await startVending();
    await vending.vend();
    provider.answerWith(script);
    const event = buildVendEvent('prove', `rejected_token_sha256=${sha256('token-1')}`);
    for (let second = 0; second < 5; second += 1) {
      // Just 50 ms to answer, but only where no answer can come.
      const reporter = await vending.handle(event, status === 504 ? 550 : undefined);
      expect([reporter.status, reporter.body.error]).toEqual([status, error]);
      const neighbour = await vending.vend();
      expect([neighbour.status, neighbour.headers['x-token-source'], neighbour.body.access_token]).toEqual([
        200,
        'memory',
        'token-1',
      ]);
      expect(rejectionOf(neighbour)).toBeUndefined();
      vending.clock.advanceSeconds(0.1);
    }
    expect(provider.requests).toHaveLength(2);
  });

  test('gets the same error within the back-off, with the seconds until the next try', async () => {
    await startVending();
    await vending.vend();
    provider.answerWith(answerJson(503, {}, { 'retry-after': '300' }));
    await report('token-1');
    vending.clock.advanceSeconds(100);
    const again = await report('token-1');
    expect([again.status, again.headers['retry-after']]).toEqual([503, '200']);
    provider.answerWith(answerToken());
    vending.clock.advanceSeconds(200);
    const replaced = await report('token-1');
    expect([replaced.status, rejectionOf(replaced), replaced.body.access_token]).toEqual([200, 'replaced', 'token-3']);
  });

  test('is told what became of it: replaced, unknown or kept', async () => {
    await startVending();
    await vending.vend();
    const other = await report('another');
    expect([rejectionOf(other), other.body.access_token]).toEqual(['unknown', 'token-1']);
    const first = await report('token-1');
    expect([rejectionOf(first), first.body.access_token]).toEqual(['replaced', 'token-2']);
    const late = await report('token-1');
    expect([rejectionOf(late), late.body.access_token]).toEqual(['unknown', 'token-2']);
    const hasty = await report('token-2');
    expect([rejectionOf(hasty), hasty.body.access_token]).toEqual(['kept', 'token-2']);
    vending.clock.advanceSeconds(10);
    provider.answerWith(answerJson(200, { access_token: 'token-2', expires_in: 3590 }));
    const same = await report('token-2');
    expect([same.status, rejectionOf(same), same.body.access_token]).toEqual([200, 'kept', 'token-2']);
    expect(vending.lastLog()).toMatchObject({ rejection: 'kept' });
  });

  test('on an instance that holds nothing gets a new token', async () => {
    await startVending();
    const answer = await report('token-of-another-instance');
    expect([answer.status, rejectionOf(answer), answer.body.access_token]).toEqual([200, 'unknown', 'token-1']);
  });

  test('is never given back the token it reported as the last one there is', async () => {
    await startVending();
    await vending.vend();
    vending.clock.advanceSeconds(3595);
    provider.answerWith(answerJson(500, {}));
    expect((await report('token-1')).status).toBe(503);
    const neighbour = await vending.vend();
    expect([neighbour.status, neighbour.headers['x-token-source']]).toEqual([200, 'memory-stale']);
  });

  test('that fails does not hold up the refresh that follows', async () => {
    await startVending();
    await vending.vend();
    provider.answerWith(answerJson(500, {}));
    await report('token-1');
    provider.answerWith(answerToken());
    vending.clock.advanceSeconds(2700);
    expect((await vending.vend()).headers['x-token-source']).toBe('refresh');
  });

  test('gets a token that lives too short to be kept, and the others keep theirs', async () => {
    await startVending();
    await vending.vend();
    provider.answerWith(answerToken({ expires_in: 5 }));
    const answer = await report('token-1');
    expect([answer.status, answer.body.access_token, rejectionOf(answer)]).toEqual([200, 'token-2', 'replaced']);
    expect((await vending.vend()).body.access_token).toBe('token-1');
  });
});

describe('a scope that the client may not have', () => {
  const settings = { scopes: { default: ['r'], allowed: ['r', 'w'] } };
  const refusals: [string, number, string][] = [
    ['400 unauthorized_client', 400, 'unauthorized_client'],
    ['401 invalid_client', 401, 'invalid_client'],
    ['401 without a code', 401, ''],
  ];
  /** The client `canary-old` has the scope `w` too; the live one does not. */
  const allowRead =
    (status: number, error: string): Script =>
    (response, request, count) => {
      const isAllowed = scopeOf(request) === 'r' || request.body.includes('canary-old');
      (isAllowed ? answerToken({ expires_in: 60 }) : answerJson(status, { error }))(response, request, count);
    };
  const live = JSON.stringify({ ...clientCredentials, client_secret: 'canary-live' });

  /** An older client that has more rights is AWSPREVIOUS, and another provider shares the secret. */
  async function startWithOlderClient(): Promise<VendingFunction> {
    const started = await startVendingFunction(provider.tokenUrl, settings, () => 0, { twin: settings });
    await started.putSecret(JSON.stringify({ ...clientCredentials, client_secret: 'canary-old' }));
    await started.putSecret(live);
    return started;
  }

  test.each(refusals)('(%s) costs nobody else a vend, and revives no older client', async (_what, status, error) => {
    provider.answerWith(allowRead(status, error));
    const vending = await startWithOlderClient();
    for (let second = 0; second < 40; second += 1) {
      const refused = await vending.vend('scope=w');
      expect([refused.status, refused.body.error]).toEqual([502, 'provider_rejected_credentials']);
      const [neighbour, twin] = [await vending.vend(), await vending.handle(buildVendEvent('twin'))];
      expect([neighbour.status, twin.status]).toEqual([200, 200]);
      vending.clock.advanceSeconds(1);
    }
    expect(provider.requests.every(({ body }) => body.includes('canary-live'))).toBe(true);
    expect(vending.logLines.join()).not.toContain('credentials-fallback');
    // Of `w` two in 40 s.
    expect(provider.requests.filter((request) => scopeOf(request) === 'w')).toHaveLength(2);
    await vending.close();
  });

  test('is asked for with another version when the client as such is refused', async () => {
    const vending = await startWithOlderClient();
    provider.answerWith((response, request, count) => {
      const isAccepted = request.body.includes('canary-old');
      (isAccepted ? answerToken() : answerJson(401, { error: 'invalid_client' }))(response, request, count);
    });
    expect((await vending.vend('scope=w')).status).toBe(200);
    expect(vending.logLines.join()).toContain('credentials-fallback');
    await vending.close();
  });
});

describe('many scope sets', () => {
  const allowed = Array.from({ length: 11 }, (_, index) => `s${index}`);
  const settings = { scopes: { default: ['s0'], allowed } };

  test('beyond 50 are refused without an exchange, and push out nobody', async () => {
    const vending = await startVendingFunction(provider.tokenUrl, settings, () => 0, { twin: settings });
    const mine = (await vending.vend()).body.access_token;
    const twins = (await vending.handle(buildVendEvent('twin'))).body.access_token;
    const answers: Answer[] = [];
    for (let subset = 1; subset <= 1_100; subset += 1) {
      const scope = allowed.filter((_, bit) => (subset >> bit) % 2 === 1).join(' ');
      answers.push(await vending.vend(new URLSearchParams({ scope }).toString()));
    }
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.every(({ status, body }) => status === 503 && body.error === 'temporarily_unavailable')).toBe(true);
    expect(refused.every(({ headers }) => headers['retry-after'] === '3600')).toBe(true);
    expect(provider.requests.length).toBeLessThanOrEqual(52);
    expect((await vending.vend()).body.access_token).toBe(mine);
    expect((await vending.handle(buildVendEvent('twin'))).body.access_token).toBe(twins);
    await vending.close();
  });

  test('that the provider refuses are tried at 50 a minute, whatever callers do', async () => {
    const vending = await startVendingFunction(provider.tokenUrl, settings);
    provider.answerWith(answerJson(400, { error: 'invalid_scope' }));
    for (let subset = 1; subset <= 600; subset += 1) {
      const scope = allowed.filter((_, bit) => (subset >> bit) % 2 === 1).join(' ');
      await vending.vend(new URLSearchParams({ scope }).toString());
      vending.clock.advanceSeconds(0.1);
    }
    expect(provider.requests.length).toBeLessThanOrEqual(52);
    await vending.close();
  });
});

test('a min_ttl of the whole lifetime makes no more exchanges in an hour than none', async () => {
  await startVending();
  await vending.vend();
  for (let second = 0; second < 3600; second += 20) {
    expect((await vending.vend('min_ttl=3600')).status).toBe(200);
    vending.clock.advanceSeconds(20);
  }
  expect(provider.requests.length).toBeLessThanOrEqual(2);
});

describe('a caller with little time left', () => {
  const slow: Script = (response, request, count) => {
    setTimeout(() => answerToken()(response, request, count), 300);
  };

  test('does not take any from the one who comes after it', async () => {
    await startVending();
    provider.answerWith(slow);
    const hasty = vending.handle(buildVendEvent('prove'), 600);
    const patient = vending.handle(buildVendEvent('prove'), 5_000);
    expect([(await hasty).status, (await patient).status]).toEqual([504, 200]);
    expect(provider.requests).toHaveLength(1);
  });

  test('leaves the token behind for the next one', async () => {
    await startVending();
    provider.answerWith(slow);
    expect((await vending.handle(buildVendEvent('prove'), 600)).status).toBe(504);
    expect((await vending.vend()).status).toBe(200);
    expect(provider.requests).toHaveLength(1);
  });

  test('that has none left does not make the next one fail', async () => {
    await startVending();
    expect((await vending.handle(buildVendEvent('prove'), 400)).status).toBe(504);
    expect((await vending.vend()).status).toBe(200);
  });
});

describe('a provider is not asked at the rate of the callers', () => {
  test.each<[string, Script, number]>([
    ['a bare 429', answerJson(429, {}), 1],
    ['403', answerJson(403, {}), 1],
    ['an HTML page', (response) => void response.end('<html>'), 1],
    ['access_denied', answerJson(400, { error: 'access_denied' }), 1],
    ['a wrong token type', answerToken({ token_type: 'MAC' }), 1],
    ['a wrong scope', answerJson(400, { error: 'invalid_scope' }), 1],
    ['500', answerJson(500, {}), 3],
  ])('that answers %s', async (_what, script, requests) => {
    await startVending({ dialect: 'oauth2' });
    provider.answerWith(script);
    const answers: Answer[] = [];
    for (let vend = 0; vend < 200; vend += 1) answers.push(await vending.vend());
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.error}`)).size).toBe(1);
    expect(answers.every(({ headers }) => headers['retry-after'] === '1')).toBe(true);
    expect(provider.requests).toHaveLength(requests);
  });

  test('that refuses the client: nor is its secret read, nor a line with a metric written', async () => {
    await startVending();
    provider.answerWith(answerJson(401, {}));
    for (let vend = 0; vend < 1_000; vend += 1) {
      expect((await vending.vend()).status).toBe(502);
      vending.clock.advanceSeconds(0.029);
    }
    expect(provider.requests).toHaveLength(1);
    expect(vending.secretReads()).toBeLessThanOrEqual(3);
    const withMetric = vending.logLines.filter((line) => line.includes('_aws')).map((line) => JSON.parse(line).message);
    expect(withMetric).toEqual(['credentials-read', 'exchange']);
  });
});

test('a lasting Retry-After of a second costs one vend its time, and those that follow nothing', async () => {
  await startVending();
  provider.answerWith(answerJson(429, {}, { 'retry-after': '1' }));
  expect((await vending.vend()).status).toBe(503);
  for (let follower = 0; follower < 20; follower += 1) {
    const before = [vending.clock.now(), provider.requests.length] as const;
    const answer = await vending.vend();
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(vending.clock.now()).toBe(before[0]);
    expect(provider.requests.length - before[1]).toBeLessThanOrEqual(1);
    vending.clock.advanceSeconds(0.5);
  }
  provider.answerWith(answerToken());
  vending.clock.advanceSeconds(1);
  expect((await vending.vend()).status).toBe(200);
});
