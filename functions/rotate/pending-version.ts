import { RotationError } from './rotation-error.ts';
import type { RotationEvent } from './rotation-event.ts';
import { findVersion, type SecretDescription } from './secret-versions.ts';

const howToStage = 'Stage the new credentials with `npm run rotate`, which also starts the rotation.';

/**
 * Whether the version that a step is about still waits to become AWSCURRENT. Pure.
 *
 * @returns false when it is AWSCURRENT already: every step has been done
 * @throws RotationError `unknown_version`, `pending_of_another_token`, `not_pending`
 */
export function isPending(secret: SecretDescription, { versionId }: Pick<RotationEvent, 'versionId'>): boolean {
  const stages = secret.stagesByVersion.get(versionId);
  if (stages?.includes('AWSCURRENT') === true) return false;
  if (stages?.includes('AWSPENDING') === true) return true;
  const pendingId = findVersion(secret, 'AWSPENDING');
  const isOtherPending = pendingId !== undefined && pendingId !== findVersion(secret, 'AWSCURRENT');
  if (isOtherPending) {
    throw new RotationError(
      'pending_of_another_token',
      `Version ${versionId} is not AWSPENDING; version ${pendingId} is. Nothing has changed. Start the rotation of that one.`,
      { pendingVersion: pendingId },
    );
  }
  if (stages === undefined) {
    throw new RotationError(
      'unknown_version',
      `The secret has no version ${versionId}, or no longer. Nothing has changed. ${howToStage}`,
    );
  }
  throw new RotationError(
    'not_pending',
    `Version ${versionId} is not AWSPENDING, so it is not to become AWSCURRENT. Nothing has changed. ${howToStage}`,
  );
}

export function nothingStaged(versionId: string): RotationError {
  return new RotationError(
    'nothing_staged',
    `Version ${versionId} has no content: nobody has staged new credentials. Nothing has changed. ${howToStage}`,
  );
}
