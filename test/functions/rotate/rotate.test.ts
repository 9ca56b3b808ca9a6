import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rotationSteps } from '../../../functions/rotate/rotation-event.ts';
import {
  currentId,
  otherId,
  pendingId,
  type RotationFunction,
  secretName,
  secretOf,
  startRotationFunction,
} from '../../support/rotation-function.ts';
import { answerJson, answerToken, startScriptedProvider } from '../../support/scripted-provider.ts';
import { provider, useProvider } from '../../support/vending-setup.ts';

let rotation: RotationFunction;

useProvider();

beforeEach(async () => {
  rotation = await startRotationFunction({
    prove: { tokenUrl: provider.tokenUrl, secretId: secretName, dialect: 'prove' },
    other: { tokenUrl: provider.tokenUrl, secretId: 'token-vending/test/other' },
  });
  accept('new');
});

afterEach(async () => {
  expect(rotation.logLines.join()).not.toMatch(/canary|token-\d/);
  await rotation.close();
});

const refuse = answerJson(401, { code: 8002, message: 'canary of the provider' });

/** From now on the provider accepts only this client secret. */
function accept(name: string): void {
  provider.answerWith((response, request, count) => {
    const isAccepted = request.body.endsWith(`client_secret=canary-${name}`);
    return (isAccepted ? answerToken() : refuse)(response, request, count);
  });
}

const unchanged = { AWSCURRENT: currentId, AWSPENDING: pendingId };
const rotated = { AWSCURRENT: pendingId, AWSPENDING: pendingId, AWSPREVIOUS: currentId };

describe('a rotation', () => {
  test('tests the staged credentials at the provider and makes them AWSCURRENT', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    for (const step of rotationSteps.slice(0, 3)) expect(await rotation.step(step)).toBeUndefined();
    expect(provider.requests).toHaveLength(1);
    expect(await rotation.stages()).toEqual(unchanged);
    expect(await rotation.step('finishSecret')).toBeUndefined();
    expect(await rotation.stages()).toEqual(rotated);
  });

  test('can repeat each step, even after the last one', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    for (const step of rotationSteps) {
      expect([await rotation.step(step), await rotation.step(step)]).toEqual([undefined, undefined]);
    }
    const requests = provider.requests.length;
    for (const step of rotationSteps) {
      expect(await rotation.step(step)).toBeUndefined();
      expect(rotation.lastLog()).toMatchObject({ outcome: 'already-current' });
    }
    expect(provider.requests).toHaveLength(requests);
    expect(await rotation.stages()).toEqual(rotated);
  });

  test('logs one line per step, and a metric of its success', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    for (const step of rotationSteps) await rotation.step(step);
    const line = { level: 'info', message: 'rotation-step', secretId: rotation.secretArn, secretVersion: pendingId };
    const lines = rotation.logLines.map((text) => JSON.parse(text));
    expect(lines).toMatchObject(rotationSteps.map((step) => ({ ...line, step, outcome: 'done' })));
    expect(lines.map(({ RotationSucceeded }) => RotationSucceeded)).toEqual([undefined, undefined, undefined, 1]);
  });

  test('asks every provider whose settings have the secret by name, by ARN or by ARN without its random end', async () => {
    const second = await startScriptedProvider();
    const settings = { tokenUrl: second.tokenUrl, dialect: 'prove' as const };
    const all = await startRotationFunction({
      first: { ...settings, secretId: secretName },
      second: {
        ...settings,
        secretId: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token-vending/test/prove',
      },
      third: { ...settings, secretId: 'token-vending/test' },
    });
    await all.stage(pendingId, secretOf('new'));
    expect(await all.step('testSecret')).toBeUndefined();
    expect(second.requests).toHaveLength(2);
    await Promise.all([all.close(), second.close()]);
  });
});

describe('labels are checked first:', () => {
  test.each(rotationSteps)('%s of an unknown version', async (step) => {
    expect(await rotation.step(step)).toBe('unknown_version');
    expect(await rotation.stages()).toEqual({ AWSCURRENT: currentId });
  });

  test.each(rotationSteps)('%s of a version that has lost its label', async (step) => {
    await rotation.stage(pendingId, secretOf('new'));
    await rotation.moveStage('AWSPENDING', { from: pendingId });
    expect(await rotation.step(step)).toBe('unknown_version');
  });

  test.each(rotationSteps)('%s while another version is AWSPENDING', async (step) => {
    await rotation.stage(otherId, secretOf('new'));
    expect(await rotation.step(step)).toBe('pending_of_another_token');
    expect(rotation.lastLog()).toMatchObject({ pendingVersion: otherId });
    expect(await rotation.stages()).toEqual({ AWSCURRENT: currentId, AWSPENDING: otherId });
  });

  test.each(rotationSteps)('%s of a version that has another label', async (step) => {
    await rotation.stage(pendingId, secretOf('new'), ['MINE']);
    expect(await rotation.step(step)).toBe('not_pending');
  });

  test.each(rotationSteps)('%s of AWSPREVIOUS while the version after it is still AWSPENDING', async (step) => {
    await rotation.stage(pendingId, secretOf('new'));
    await rotation.step('finishSecret');
    expect(await rotation.step(step, currentId)).toBe('not_pending');
    expect(await rotation.stages()).toEqual(rotated);
  });
});

describe('createSecret', () => {
  test('waits for staged content that cannot be read yet', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    rotation.secretsManager.hideValues(2);
    expect(await rotation.step('createSecret')).toBeUndefined();
    expect(rotation.sleeps).toEqual([100, 200]);
  });

  test('says how to stage if nothing is staged', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    rotation.secretsManager.hideValues(Number.POSITIVE_INFINITY);
    const event = { SecretId: rotation.secretArn, ClientRequestToken: pendingId, Step: 'createSecret' };
    expect(await rotation.send(event)).toMatchObject({
      code: 'nothing_staged',
      message: expect.stringContaining('npm run rotate'),
    });
    expect(rotation.sleeps).toEqual([100, 200, 400, 800]);
    expect(await rotation.stages()).toEqual(unchanged);
  });

  test.each([
    ['canary-not-json', 'secret_not_json'],
    ['{"client_id":"canary"}', 'secret_field_missing'],
  ])('refuses content that is not client credentials: %s', async (content, code) => {
    await rotation.stage(pendingId, content);
    expect(await rotation.step('createSecret')).toBe(code);
  });
});

describe('a provider that throttles', () => {
  const throttle = (seconds: number) => answerJson(429, {}, { 'retry-after': String(seconds) });

  test('is waited for as long as it asks, if there is time', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    provider.answerWith((response, request, count) =>
      (count <= 2 ? throttle(count) : answerToken())(response, request, count),
    );
    expect(await rotation.step('testSecret', pendingId, 60_000)).toBeUndefined();
    expect(rotation.sleeps).toEqual([1000, 2000]);
  });

  test('is asked six times at most', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    provider.answerWith(throttle(1));
    expect(await rotation.step('finishSecret', pendingId, 60_000)).toBe('provider_throttled');
    expect(provider.requests).toHaveLength(6);
    expect(await rotation.stages()).toEqual(unchanged);
  });

  test('is not waited for if no time is left for an exchange', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    provider.answerWith(throttle(10));
    expect(await rotation.step('testSecret', pendingId, 10_000)).toBe('provider_throttled');
    expect(rotation.sleeps).toEqual([]);
  });
});

describe('a provider without default scopes', () => {
  const scopes = { allowed: ['a', 'b', 'c'] };
  const sentScopes = () => provider.requests.map(({ body }) => new URLSearchParams(body).get('scope'));
  let scoped: RotationFunction;
  beforeEach(async () => {
    scoped = await startRotationFunction({ prove: { tokenUrl: provider.tokenUrl, secretId: secretName, scopes } });
    await scoped.stage(pendingId, secretOf('new'));
  });
  afterEach(() => scoped.close());

  test.each([
    ['400 invalid_scope', answerJson(400, { error: 'invalid_scope' })],
    ['400 invalid_request', answerJson(400, { error: 'invalid_request' })],
    ['401', answerJson(401, { error: 'invalid_client' })],
    ['400 without a code', answerJson(400, {})],
  ])('that needs one is tested with each allowed scope alone until one works: %s', async (_case, refusal) => {
    provider.answerWith((response, request, count) =>
      (request.body.includes('scope=b') ? answerToken() : refusal)(response, request, count),
    );
    expect(await scoped.step('testSecret')).toBeUndefined();
    expect(sentScopes()).toEqual([null, 'a', 'b']);
  });

  test('is tested without a scope if that works', async () => {
    provider.answerWith(answerToken());
    expect(await scoped.step('testSecret')).toBeUndefined();
    expect(sentScopes()).toEqual([null]);
  });

  test('that refuses the client fails the test once all scopes are tried', async () => {
    provider.answerWith(answerJson(401, { error: 'invalid_client' }));
    expect(await scoped.step('testSecret')).toBe('credentials_refused');
    expect(sentScopes()).toEqual([null, 'a', 'b', 'c']);
  });

  test('that fails is not asked for other scopes', async () => {
    provider.answerWith(answerJson(500, {}));
    expect(await scoped.step('testSecret')).toBe('provider_unavailable');
    expect(new Set(sentScopes())).toEqual(new Set([null]));
  });
});

test('a provider with default scopes is tested with these only', async () => {
  const scopes = { default: ['a'], allowed: ['a', 'b'] };
  const scoped = await startRotationFunction({ prove: { tokenUrl: provider.tokenUrl, secretId: secretName, scopes } });
  await scoped.stage(pendingId, secretOf('new'));
  provider.answerWith(answerJson(400, { error: 'invalid_scope' }));
  expect(await scoped.step('testSecret')).toBe('scope_refused');
  expect(provider.requests.map(({ body }) => new URLSearchParams(body).get('scope'))).toEqual(['a']);
  await scoped.close();
});

describe('while finishSecret tests the version', () => {
  /** Does this while the provider is being asked. */
  function meanwhile(action: () => Promise<void>): void {
    provider.answerWith(async (response, request, count) => {
      await action();
      answerToken()(response, request, count);
    });
  }

  beforeEach(() => rotation.stage(pendingId, secretOf('new')));

  test('another operator stages another one: neither goes live', async () => {
    meanwhile(() => rotation.stage(otherId, secretOf('other')));
    expect(await rotation.step('finishSecret')).toBe('pending_of_another_token');
    expect(rotation.lastLog()).toMatchObject({ pendingVersion: otherId });
    expect(await rotation.stages()).toEqual({ AWSCURRENT: currentId, AWSPENDING: otherId });
  });

  test('another operator promotes another one: that one stays live', async () => {
    meanwhile(async () => {
      await rotation.stage(otherId, secretOf('other'), ['AWSCURRENT']);
    });
    expect(await rotation.step('finishSecret')).toBe('current_changed');
    expect(await rotation.stages()).toEqual({ AWSCURRENT: otherId, AWSPENDING: pendingId, AWSPREVIOUS: currentId });
  });

  test('another operator promotes this one: there is nothing left to do', async () => {
    meanwhile(() => rotation.moveStage('AWSCURRENT', { from: currentId, to: pendingId }));
    expect(await rotation.step('finishSecret')).toBeUndefined();
    expect(rotation.lastLog()).toMatchObject({ outcome: 'already-current' });
  });

  test('another one is promoted after the labels were read again: Secrets Manager refuses the move', async () => {
    rotation.secretsManager.beforeNext('UpdateSecretVersionStage', () =>
      rotation.stage(otherId, secretOf('other'), ['AWSCURRENT']),
    );
    expect(await rotation.step('finishSecret')).toBe('current_changed');
    expect(await rotation.stages()).toMatchObject({ AWSCURRENT: otherId });
  });
});

describe('testPrevious, which an operator asks for before a rollback', () => {
  const event = { ClientRequestToken: currentId, Step: 'testPrevious' };
  const testPrevious = () => rotation.answer({ ...event, SecretId: rotation.secretArn });
  beforeEach(async () => {
    await rotation.stage(pendingId, secretOf('new'));
    await rotation.step('finishSecret');
  });

  test('says that the version before the live one works', async () => {
    accept('old');
    expect(await testPrevious()).toEqual({ outcome: 'done' });
    expect(await rotation.stages()).toEqual(rotated);
  });

  test('says why it does not work, without an alarm', async () => {
    expect(await testPrevious()).toEqual({
      outcome: 'failed',
      error: 'credentials_refused',
      description:
        'The provider refuses the credentials of AWSPREVIOUS. AWSCURRENT has not changed. Stage credentials that work and start again.',
    });
    expect(rotation.lastLog()).toMatchObject({ level: 'warn', step: 'testPrevious', outcome: 'failed' });
    expect(rotation.lastLog()).not.toHaveProperty('RotationStepFailed');
    expect(await rotation.stages()).toEqual(rotated);
  });

  test('tests only AWSPREVIOUS', async () => {
    const other = { ...event, SecretId: rotation.secretArn, ClientRequestToken: pendingId };
    expect(await rotation.answer(other)).toMatchObject({ outcome: 'failed', error: 'not_previous' });
    expect(provider.requests).toHaveLength(1);
  });
});

describe('steps out of order', () => {
  test('finishSecret promotes nothing that it has not tested itself', async () => {
    await rotation.stage(pendingId, secretOf('wrong'));
    expect(await rotation.step('finishSecret')).toBe('credentials_refused');
    expect(await rotation.stages()).toEqual(unchanged);
  });

  test('finishSecret promotes no version without content', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    rotation.secretsManager.hideValues(Number.POSITIVE_INFINITY);
    expect(await rotation.step('finishSecret')).toBe('nothing_staged');
    expect(await rotation.stages()).toEqual(unchanged);
  });

  test('testSecret alone, on a version without content, passes: Secrets Manager tries the function this way', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    rotation.secretsManager.hideValues(1);
    expect(await rotation.step('testSecret')).toBeUndefined();
    expect(rotation.lastLog()).toMatchObject({ level: 'info', outcome: 'nothing-to-test' });
    expect(provider.requests).toHaveLength(0);
  });
});

test.each([
  [null, 'malformed_event'],
  [{ SecretId: 'a', ClientRequestToken: 7, Step: 'createSecret' }, 'malformed_event'],
  [{ SecretId: 'a', ClientRequestToken: 'b', Step: 'canary' }, 'unknown_step'],
])('the event %j is refused', async (event, code) => {
  expect((await rotation.send(event))?.code).toBe(code);
  expect(rotation.lastLog()).toMatchObject({ level: 'error', error: code, RotationStepFailed: 1, step: 'unknown' });
});

test('a secret that no provider uses is refused', async () => {
  const stranger = await startRotationFunction({
    prove: { tokenUrl: provider.tokenUrl, secretId: 'token-vending/test/strange' },
  });
  await stranger.stage(pendingId, secretOf('new'));
  expect(await stranger.step('createSecret')).toBe('no_provider');
  await stranger.close();
});
