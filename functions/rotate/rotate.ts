import type { Provider } from '../shared/settings/provider-settings.ts';
import type { RotationEvent, RotationStep } from './rotation-event.ts';
import {
  assertPrevious,
  findProviders,
  findVersion,
  isPending,
  nothingStaged,
  type SecretDescription,
} from './secret-labels.ts';
import { currentChanged, type SecretVersions, type VersionContent } from './secret-versions.ts';
import { parseContent, type TestCredentials } from './test-credentials.ts';

export interface RotateDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly versions: SecretVersions;
  readonly testCredentials: TestCredentials;
  readonly sleep: (ms: number) => Promise<void>;
}

/** `already-current`: there is nothing left to do. `nothing-to-test`: see `testSecret`. */
export type RotationOutcome = 'done' | 'already-current' | 'nothing-to-test';

/**
 * Runs one step of a rotation. Every step can be repeated, and only finishSecret changes anything.
 *
 * @param deadlineMs wall clock, milliseconds since 1970
 * @throws RotationError, or TokenError if the provider or Secrets Manager is the cause
 */
export type Rotate = (event: RotationEvent, deadlineMs: number) => Promise<RotationOutcome>;

interface StepInput {
  readonly event: RotationEvent;
  readonly secret: SecretDescription;
  /** The providers whose credentials the secret holds. */
  readonly users: readonly Provider[];
  readonly deadlineMs: number;
}

type Step = (input: StepInput) => Promise<RotationOutcome>;

export function createRotate(deps: RotateDeps): Rotate {
  const { providers, versions } = deps;
  const steps: Readonly<Record<RotationStep, Step>> = {
    ...createStagedSteps(deps),
    testSecret: createTestSecret(deps),
    finishSecret: createFinishSecret(deps),
    testPrevious: createTestPrevious(deps),
  };
  return async function rotate(event, deadlineMs) {
    const secret = await versions.describe(event.secretId);
    if (event.step === 'testPrevious') assertPrevious(secret, event.versionId);
    else if (!isPending(secret, event.versionId)) return 'already-current';
    const users = findProviders(providers.values(), secret);
    return steps[event.step]({ event, secret, users, deadlineMs });
  };
}

/**
 * createSecret and setSecret only check the staged content. The operator got the credentials from the provider, which knows
 * them already. A provider with an API for secrets would be called here.
 */
function createStagedSteps(deps: RotateDeps): Record<'createSecret' | 'setSecret', Step> {
  async function checkStaged({ event, users }: StepInput): Promise<RotationOutcome> {
    const staged = await readStaged(deps, event);
    for (const provider of users) parseContent(provider, staged);
    return 'done';
  }
  return { createSecret: checkStaged, setSecret: checkStaged };
}

/**
 * When rotation is switched on but not started, Secrets Manager runs only this step, on a version without content
 * ("RotateImmediately" of RotateSecret). There is nothing to test then; finishSecret never promotes an untested version.
 */
function createTestSecret({ versions, testCredentials }: RotateDeps): Step {
  return async function testSecret({ event, users, deadlineMs }) {
    const staged = await versions.read(event.secretId, event.versionId, 'AWSPENDING');
    if (staged === undefined) return 'nothing-to-test';
    await testCredentials(users, staged, deadlineMs);
    return 'done';
  };
}

/**
 * Tests again, so that whatever the order of the steps, the version that becomes AWSCURRENT has just worked. The test takes
 * seconds, in which another operator may stage or promote another version, so the labels are read again after it. AWSPENDING
 * stays on the version, which Secrets Manager treats as a complete rotation.
 */
function createFinishSecret(deps: RotateDeps): Step {
  const { versions, testCredentials } = deps;
  return async function finishSecret({ event, secret, users, deadlineMs }) {
    const { secretId, versionId } = event;
    const currentId = findVersion(secret, 'AWSCURRENT');
    await testCredentials(users, await readStaged(deps, event), deadlineMs);
    const afterTest = await versions.describe(secretId);
    if (!isPending(afterTest, versionId)) return 'already-current';
    if (findVersion(afterTest, 'AWSCURRENT') !== currentId) throw currentChanged(versionId);
    await versions.makeCurrent(secretId, versionId, currentId);
    return 'done';
  };
}

function createTestPrevious({ versions, testCredentials }: RotateDeps): Step {
  return async function testPrevious({ event, users, deadlineMs }) {
    const { secretId, versionId } = event;
    const content = await versions.read(secretId, versionId, 'AWSPREVIOUS');
    await testCredentials(users, content ?? { secretId, versionId, secretString: undefined }, deadlineMs);
    return 'done';
  };
}

/** AWSPENDING may not be readable right after it was written (aws-sdk-js-v3#7701). 1.5 s in all. */
const readAgainAfterMs = [100, 200, 400, 800];

async function readStaged({ versions, sleep }: RotateDeps, event: RotationEvent): Promise<VersionContent> {
  const { secretId, versionId } = event;
  let staged = await versions.read(secretId, versionId, 'AWSPENDING');
  for (const delayMs of readAgainAfterMs) {
    if (staged !== undefined) return staged;
    await sleep(delayMs);
    staged = await versions.read(secretId, versionId, 'AWSPENDING');
  }
  if (staged === undefined) throw nothingStaged(versionId);
  return staged;
}
