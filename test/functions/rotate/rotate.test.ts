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

  test('may repeat each step, and any of them once it is done', async () => {
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

  test('says a line a step, and a metric of its success', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    for (const step of rotationSteps) await rotation.step(step);
    const line = { level: 'info', message: 'rotation-step', secretId: rotation.secretArn, secretVersion: pendingId };
    const lines = rotation.logLines.map((text) => JSON.parse(text));
    expect(lines).toMatchObject(rotationSteps.map((step) => ({ ...line, step, outcome: 'done' })));
    expect(lines.map(({ RotationSucceeded }) => RotationSucceeded)).toEqual([undefined, undefined, undefined, 1]);
  });

  test('asks every provider that uses the secret, by name, by ARN or by ARN without its end', async () => {
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

describe('stages are checked first:', () => {
  test.each(rotationSteps)('%s of a version that nobody knows', async (step) => {
    expect(await rotation.step(step)).toBe('unknown_version');
    expect(await rotation.stages()).toEqual({ AWSCURRENT: currentId });
  });

  test.each(rotationSteps)('%s of a version that was deprecated meanwhile', async (step) => {
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
  test('waits for a staged value that cannot be read yet', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    rotation.secretsManager.hideValues(2);
    expect(await rotation.step('createSecret')).toBeUndefined();
    expect(rotation.sleeps).toEqual([100, 200]);
  });

  test('says how to stage where there is nothing staged', async () => {
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
  ])('refuses what is no client credentials: %s', async (content, code) => {
    await rotation.stage(pendingId, content);
    expect(await rotation.step('createSecret')).toBe(code);
  });
});

describe('steps out of order', () => {
  test('finishSecret promotes nothing that it has not seen working itself', async () => {
    await rotation.stage(pendingId, secretOf('wrong'));
    expect(await rotation.step('finishSecret')).toBe('credentials_refused');
    expect(await rotation.stages()).toEqual(unchanged);
  });

  test('finishSecret promotes nothing that has no content', async () => {
    await rotation.stage(pendingId, secretOf('new'));
    rotation.secretsManager.hideValues(Number.POSITIVE_INFINITY);
    expect(await rotation.step('finishSecret')).toBe('nothing_staged');
    expect(await rotation.stages()).toEqual(unchanged);
  });

  test('testSecret alone, on a version without content, is how Secrets Manager tries the function', async () => {
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

test('a secret of no provider is refused', async () => {
  const stranger = await startRotationFunction({
    prove: { tokenUrl: provider.tokenUrl, secretId: 'token-vending/test/strange' },
  });
  await stranger.stage(pendingId, secretOf('new'));
  expect(await stranger.step('createSecret')).toBe('no_provider');
  await stranger.close();
});
