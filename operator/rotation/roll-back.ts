import { describeError, OperatorError } from '../operator-error.ts';
import { untilInterrupted } from './interruption.ts';
import { assertCanRotate, type RotationDeps, runRotation } from './run-rotation.ts';
import { testPrevious } from './test-version.ts';
import type { Labels } from './versions.ts';

/**
 * Makes the version before the live one live again, with a rotation to it. The version is tested before any label moves. If
 * anything fails after that, Ctrl-C included, no other version loses its label.
 *
 * @throws OperatorError or RotationError that says why the version is not live
 */
export async function rollBack(deps: RotationDeps): Promise<void> {
  const { versions, say } = deps;
  const before = await versions.describe();
  const { previousId, pendingId, currentId } = before;
  if (previousId === undefined) throw new OperatorError('There is no AWSPREVIOUS version to put back.');
  assertCanRotate(deps, before);
  await testPrevious(deps, before, previousId);
  await untilInterrupted(async (signal) => {
    try {
      signal.throwIfAborted();
      if (pendingId !== previousId) await versions.movePending({ from: pendingId, to: previousId });
      await runRotation(deps, previousId, before, signal);
    } catch (error) {
      const after = await settleLabels(deps, before, previousId);
      if (after.currentId !== previousId) throw withLabels(error, after);
    }
    await settleLabels(deps, before, previousId);
  });
  say(`Version ${previousId} is live again. The one that it replaces, ${currentId}, is now AWSPREVIOUS.`);
  if (isWaiting(before)) say(`Version ${pendingId} is staged (AWSPENDING), as before.`);
}

/** Whether a staged version has not gone live yet: AWSPENDING is its only label. */
function isWaiting({ pendingId, currentId, previousId }: Labels): boolean {
  return pendingId !== undefined && pendingId !== currentId && pendingId !== previousId;
}

/**
 * Puts AWSPENDING back to where it was, unless another operator has moved it. After a success, if no version was waiting,
 * AWSPENDING may be on the live version or on none: either means that the rotation is complete.
 *
 * @returns the labels afterwards
 */
async function settleLabels(deps: RotationDeps, before: Labels, versionId: string): Promise<Labels> {
  const { target, versions } = deps;
  try {
    const now = await versions.describe();
    const home = chooseHome(deps, before, now, versionId);
    const isOurs = now.pendingId === versionId || now.pendingId === before.pendingId;
    if (!isOurs || now.pendingId === home) return now;
    await versions.movePending({ from: now.pendingId, to: home });
    return await versions.describe();
  } catch {
    const to = before.pendingId === undefined ? '' : ` --move-to-version-id ${before.pendingId}`;
    throw new OperatorError(
      `The label AWSPENDING may still be on version ${versionId}, and could not be put back. Do it by hand:\n` +
        `aws secretsmanager update-secret-version-stage --secret-id ${target.secretId} --version-stage AWSPENDING --remove-from-version-id ${versionId}${to}`,
    );
  }
}

/** @returns the version that AWSPENDING belongs to */
function chooseHome({ options }: RotationDeps, before: Labels, now: Labels, versionId: string): string | undefined {
  if (now.currentId !== versionId || isWaiting(before)) return before.pendingId;
  // Secrets Manager may still look at the label after the function's last step.
  return options.isInProcess ? undefined : versionId;
}

function withLabels(error: unknown, { currentId, pendingId, previousId }: Labels): OperatorError {
  const reason = describeError(error);
  const labels = Object.entries({ AWSCURRENT: currentId, AWSPENDING: pendingId, AWSPREVIOUS: previousId });
  const lines = labels.map(([label, versionId]) => `  ${label}: ${versionId ?? 'no version'}`);
  return new OperatorError(`${reason}\nThe labels now:\n${lines.join('\n')}`);
}
