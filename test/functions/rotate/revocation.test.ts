import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { buildRevocationEvent } from '../../../functions/rotate/revocation/revocation-event.ts';
import type { ProviderSettings } from '../../../functions/shared/settings/provider-settings.ts';
import { startOauthServer } from '../../../local/providers/oauth-server.ts';
import { startPipeshubServer } from '../../../local/providers/pipeshub-server.ts';
import {
  pendingId,
  type RotationFunction,
  secretName,
  secretOf,
  startRotationFunction,
} from '../../support/rotation-function.ts';
import { answerJson, type Script } from '../../support/scripted-provider.ts';
import { provider, useProvider } from '../../support/vending-setup.ts';

// The rotation function's other task: to revoke a leaked token, for an operator who may not read the secret.

useProvider();

let rotation: RotationFunction;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  expect(rotation.logLines.join()).not.toContain('canary');
  await Promise.all([rotation.close(), ...closers.splice(0).map((close) => close())]);
});

const client = { clientId: 'the-client', clientSecret: 'canary-old' };
const done = { outcome: 'done', answer: 'accepted', wasActive: true, isActive: false };

async function start(settings: Omit<ProviderSettings, 'secretId'>): Promise<void> {
  rotation = await startRotationFunction({ some: { ...settings, secretId: secretName } });
}

/** At the scripted provider. */
async function startScripted(settings: Partial<ProviderSettings> = {}): Promise<void> {
  const urls = { revocationUrl: `${provider.tokenUrl}/revoke`, introspectionUrl: `${provider.tokenUrl}/introspect` };
  await start({ tokenUrl: provider.tokenUrl, ...urls, ...settings });
}

const revoke = (token = 'canary-token') => rotation.answer(buildRevocationEvent({ provider: 'some', token }));

const isRevocation: (url: string | undefined) => boolean = (url) => url === '/token/revoke';

/** The provider's answers to introspections, in order, and to the revocation between them. */
function answer(introspections: readonly Script[], revocation: Script = answerJson(200, {})): void {
  const left = [...introspections];
  provider.answerWith((response, request, count) => {
    const script = isRevocation(request.url) ? revocation : left.shift();
    return (script ?? answerJson(500, {}))(response, request, count);
  });
}

const active = answerJson(200, { active: true, scope: 'a b' });
const inactive = answerJson(200, { active: false });

async function issueToken(tokenUrl: string): Promise<string> {
  const { clientId: client_id, clientSecret: client_secret } = client;
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret });
  const { access_token } = (await (await fetch(tokenUrl, { method: 'POST', body })).json()) as { access_token: string };
  return access_token;
}

describe('a live token is active before and inactive after, and of no use then', () => {
  test('at PipesHub, whose client is in the body there', async () => {
    const server = await startPipeshubServer({ ...client, scopes: ['kb:read'] });
    closers.push(server.close);
    const { tokenUrl, revocationUrl, introspectionUrl } = server;
    const basic = { clientAuth: 'client_secret_basic', basicEncoding: 'raw' } as const;
    const revocationClientAuth = 'client_secret_post' as const;
    await start({ tokenUrl, revocationUrl, introspectionUrl, ...basic, revocationClientAuth });
    const token = await issueToken(tokenUrl);
    expect(await revoke(token)).toEqual({ ...done, scope: 'kb:read' });
    expect(rotation.lastLog()).toEqual({
      timestamp: expect.any(String),
      level: 'warn',
      message: 'revocation',
      lambdaRequestId: 'lambda-request',
      provider: 'some',
      fingerprint: createHash('sha256').update(token).digest('hex'),
      outcome: 'done',
      answer: 'accepted',
      wasActive: 'true',
      isActive: 'false',
      milliseconds: expect.any(Number),
    });
    expect(rotation.logLines.join()).not.toContain(token);
    expect(await revoke(token)).toMatchObject({ wasActive: false, isActive: false });
  });

  test('at oidc-provider', async () => {
    const server = await startOauthServer([{ ...client, authMethod: 'client_secret_post' }]);
    closers.push(server.close);
    const { tokenUrl, revocationUrl, introspectionUrl } = server;
    await start({ tokenUrl, revocationUrl, introspectionUrl });
    expect(await revoke(await issueToken(tokenUrl))).toMatchObject(done);
  });

  test('where introspection lags a second or two', async () => {
    await startScripted();
    answer([active, active, active, inactive]);
    expect(await revoke()).toMatchObject({ ...done, scope: 'a b' });
    expect(rotation.sleeps).toEqual([1000, 1000]);
  });
});

describe('what the provider has not confirmed is not called revoked:', () => {
  test.each<[string, Script[], Script, object]>([
    ['a token that stays active', [active, active, active, active], answerJson(200, {}), { isActive: true }],
    ['one that was not active before', [inactive, inactive], answerJson(200, {}), { wasActive: false }],
    ['no word before', [answerJson(403, {}), inactive], answerJson(200, {}), { wasActive: undefined, isActive: false }],
    ['no word after', [active, answerJson(200, { active: 'no' })], answerJson(200, {}), { isActive: undefined }],
    [
      'a kind of token that it does not revoke',
      [active, active],
      answerJson(400, { error: 'unsupported_token_type' }),
      { answer: 'unsupported', isActive: true },
    ],
  ])('%s', async (_case, introspections, revocation, result) => {
    await startScripted();
    answer(introspections, revocation);
    expect(await revoke()).toMatchObject({ outcome: 'done', ...result });
  });

  test('no introspection endpoint', async () => {
    await startScripted({ introspectionUrl: undefined });
    answer([]);
    expect(await revoke()).toEqual({ outcome: 'done', answer: 'accepted' });
    expect(provider.requests).toHaveLength(1);
  });
});

describe('the client credentials', () => {
  const accept = (secret: string) => (script: Script) =>
    ((response, request, count) =>
      (request.body.includes(secret) ? script : answerJson(401, { error: 'invalid_client' }))(
        response,
        request,
        count,
      )) satisfies Script;

  test('are those of the version that the provider accepts', async () => {
    await startScripted();
    await rotation.stage(pendingId, secretOf('new'));
    const ifNew = accept('canary-new');
    const [before, after] = [ifNew(active), ifNew(inactive)];
    answer([before, before, after], ifNew(answerJson(200, {})));
    expect(await revoke()).toMatchObject(done);
    expect(provider.requests.map(({ url }) => isRevocation(url))).toEqual([false, false, true, false]);
  });

  test('a staged version without credentials is passed over', async () => {
    await startScripted();
    await rotation.stage(pendingId, '{}');
    answer([answerJson(401, {})]);
    expect(await revoke()).toMatchObject({ outcome: 'failed', error: 'credentials_refused' });
    expect(provider.requests).toHaveLength(1);
  });
});

test.each<[string, Script, string]>([
  ['refuses the credentials', answerJson(401, {}), 'credentials_refused'],
  ['fails', answerJson(500, { canary: 'canary' }), 'provider_unavailable'],
  ['throttles', answerJson(429, {}, { 'retry-after': '7' }), 'provider_throttled'],
  ['refuses the request', answerJson(400, { error: 'canary' }), 'unexpected_status'],
])('a provider that %s has revoked nothing, and the answer says so', async (_case, revocation, error) => {
  await startScripted({ introspectionUrl: undefined });
  answer([], revocation);
  expect(await revoke()).toEqual({ outcome: 'failed', error, description: expect.any(String) });
  expect(rotation.lastLog()).toMatchObject({ level: 'warn', message: 'revocation', outcome: 'failed', error });
});

test.each<[string, object, string]>([
  ['a provider without an endpoint', buildRevocationEvent({ provider: 'some', token: 'a' }), 'no_revocation_url'],
  ['another provider', buildRevocationEvent({ provider: 'other', token: 'a' }), 'no_provider'],
  ['no token', { Step: 'revokeToken', Provider: 'some' }, 'malformed_event'],
  ['a token that cannot be one', { Step: 'revokeToken', Provider: 'some', Token: 'canary token' }, 'malformed_event'],
])('%s is refused', async (_case, event, error) => {
  await start({ tokenUrl: provider.tokenUrl });
  expect(await rotation.answer(event)).toMatchObject({ outcome: 'failed', error });
  expect(provider.requests).toHaveLength(0);
});
