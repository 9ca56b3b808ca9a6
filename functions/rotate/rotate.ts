import type { Provider } from '../shared/settings/provider-settings.ts';
import { isPending, nothingStaged } from './pending-version.ts';
import { RotationError } from './rotation-error.ts';
import type { RotationEvent, RotationStep } from './rotation-event.ts';
import { findProviders } from './secret-providers.ts';
import { findVersion, type SecretDescription, type SecretVersions, type StagedSecret } from './secret-versions.ts';
import { chooseSetSecret } from './set-secret.ts';
import { parseStaged, type TestCredentials } from './test-credentials.ts';

export interface RotateDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly versions: SecretVersions;
  readonly testCredentials: TestCredentials;
  readonly sleep: (ms: number) => Promise<void>;
}

/** `already-current`: there is nothing left to do. `nothing-to-test`: see `testSecret`. */
export type RotationOutcome = 'done' | 'already-current' | 'nothing-to-test';

/**
 * One step of a rotation. Each is safe to repeat, and none but the last changes anything.
 *
 * @param deadlineMs wall clock, milliseconds since 1970
 * @throws RotationError, or VendError where the provider or Secrets Manager is the reason
 */
export type Rotate = (event: RotationEvent, deadlineMs: number) => Promise<RotationOutcome>;

/** AWSPENDING may not be readable for a moment after it was written (aws-sdk-js-v3#7701): 1.5 s in all. */
const readAgainAfterMs = [100, 200, 400, 800];

export function createRotate({ providers, versions, testCredentials, sleep }: RotateDeps): Rotate {
  async function readStaged({ secretId, versionId }: RotationEvent): Promise<StagedSecret> {
    let staged = await versions.readPending(secretId, versionId);
    for (const delayMs of readAgainAfterMs) {
      if (staged !== undefined) return staged;
      await sleep(delayMs);
      staged = await versions.readPending(secretId, versionId);
    }
    if (staged === undefined) throw nothingStaged(versionId);
    return staged;
  }

  const steps: Readonly<Record<RotationStep, (step: StepInput) => Promise<RotationOutcome>>> = {
    /** Makes nothing: the operator has staged what is to become AWSCURRENT. */
    async createSecret({ event, users }) {
      const staged = await readStaged(event);
      for (const provider of users) parseStaged(provider, staged);
      return 'done';
    },
    async setSecret({ event, users }) {
      const staged = await readStaged(event);
      for (const provider of users) await chooseSetSecret(provider)(provider, parseStaged(provider, staged));
      return 'done';
    },
    /**
     * Where rotation is switched on and not started, Secrets Manager runs this step alone, on a version without content
     * ("RotateImmediately" of RotateSecret). There is nothing to test then, and finishSecret promotes nothing untested.
     */
    async testSecret({ event, users, deadlineMs }) {
      const staged = await versions.readPending(event.secretId, event.versionId);
      if (staged === undefined) return 'nothing-to-test';
      await testCredentials(users, staged, deadlineMs);
      return 'done';
    },
    /**
     * Tests once more: whatever order the steps come in, what becomes AWSCURRENT has just been seen to work. AWSPENDING
     * stays where it is, on the same version, which Secrets Manager takes for a rotation that is complete.
     */
    async finishSecret({ event, secret, users, deadlineMs }) {
      await testCredentials(users, await readStaged(event), deadlineMs);
      await versions.makeCurrent(event.secretId, event.versionId, findVersion(secret, 'AWSCURRENT'));
      return 'done';
    },
  };

  return async function rotate(event, deadlineMs) {
    const secret = await versions.describe(event.secretId);
    if (!isPending(secret, event)) return 'already-current';
    const users = findProviders(providers.values(), secret);
    if (users.length === 0) throw noProvider(secret);
    return steps[event.step]({ event, secret, users, deadlineMs });
  };
}

interface StepInput {
  readonly event: RotationEvent;
  readonly secret: SecretDescription;
  /** The providers whose credentials the secret holds. */
  readonly users: readonly Provider[];
  readonly deadlineMs: number;
}

function noProvider({ name }: SecretDescription): RotationError {
  return new RotationError(
    'no_provider',
    `No provider's settings name the secret ${name}, so its credentials cannot be tested. Nothing has changed.`,
  );
}
