import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { providerFaults } from '../../faults/provider-faults.ts';
import { refuseSecret } from '../../support/faulty-secrets-manager.ts';
import {
  currentId,
  pendingId,
  type RotationFunction,
  secretName,
  secretOf,
  startRotationFunction,
} from '../../support/rotation-function.ts';
import { provider, useProvider } from '../../support/vending-setup.ts';

let rotation: RotationFunction;

useProvider();

beforeEach(async () => {
  rotation = await startRotationFunction({
    prove: { tokenUrl: provider.tokenUrl, secretId: secretName, dialect: 'prove' },
  });
  await rotation.stage(pendingId, secretOf('new'));
});

afterEach(async () => {
  expect(rotation.logLines.join()).not.toContain('canary');
  await rotation.close();
});

test.each(providerFaults)(
  'a provider with $name fails the test with the reason and promotes nothing',
  async (fault) => {
    const { script, reason, requests } = fault;
    provider.answerWith(script);
    expect(await rotation.step('testSecret', pendingId, 750)).toBe(reason);
    expect(provider.requests).toHaveLength(requests);
    expect(rotation.lastLog()).toMatchObject({
      level: 'error',
      message: 'rotation-step',
      step: 'testSecret',
      outcome: 'failed',
      error: reason,
      RotationStepFailed: 1,
      _aws: { CloudWatchMetrics: [{ Dimensions: [['function'], ['function', 'secretId', 'step']] }] },
    });
    expect(await rotation.stages()).toEqual({ AWSCURRENT: currentId, AWSPENDING: pendingId });
  },
);

test.each([
  ['ThrottlingException', 'secret_throttled'],
  ['AccessDeniedException', 'secret_access_denied'],
  ['DecryptionFailure', 'secret_decryption_failed'],
])('Secrets Manager with %s fails the step with the reason', async (type, code) => {
  rotation.secretsManager.failWith(refuseSecret(400, type));
  expect(await rotation.step('testSecret')).toBe(code);
});

test('a secret that does not exist or is to be deleted fails the step with the reason', async () => {
  const event = { SecretId: 'missing', ClientRequestToken: pendingId, Step: 'testSecret' };
  expect(await rotation.send(event)).toMatchObject({ code: 'secret_not_found' });
  rotation.secretsManager.failWith(refuseSecret(400, 'InvalidRequestException'));
  expect(await rotation.step('testSecret')).toBe('secret_deleted');
});
