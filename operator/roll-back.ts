import { type CommandDeps, testFromHere } from './commands.ts';
import { OperatorError } from './operator-error.ts';
import type { RotateOptions } from './options.ts';
import { startAndWatch } from './watch.ts';

/**
 * Puts the version before the live one back, once it has been seen to work: by a rotation to that version, so that nobody
 * but the functions has to read it, or from here where there is no rotation function.
 */
export async function rollBack(deps: CommandDeps, options: RotateOptions): Promise<void> {
  const { versions, say } = deps;
  const { isRotationOn, idByStage } = await versions.describe();
  const { AWSCURRENT: currentId, AWSPREVIOUS: previousId, AWSPENDING: pendingId } = idByStage;
  if (previousId === undefined) throw new OperatorError('There is no AWSPREVIOUS version to put back.');
  if (!options.isInProcess && !isRotationOn) {
    throw new OperatorError('No rotation function is set up for this secret. Nothing has changed. Use --in-process.');
  }
  say(`Testing version ${previousId} (AWSPREVIOUS)`);
  if (options.isInProcess) {
    await testFromHere(deps, previousId, await versions.read('AWSPREVIOUS'));
    await versions.moveStage('AWSCURRENT', { from: currentId, to: previousId });
    // Else the version that was a mistake would count as a rotation that has not finished.
    if (pendingId === currentId) await versions.moveStage('AWSPENDING', { from: pendingId });
  } else await rotateBack(deps, options, previousId, pendingId);
  say(`Version ${previousId} is live again. The one that it replaces, ${currentId}, is now AWSPREVIOUS.`);
}

async function rotateBack(
  deps: CommandDeps,
  { timeoutSeconds }: RotateOptions,
  previousId: string,
  pendingId: string | undefined,
): Promise<void> {
  const { versions } = deps;
  if (pendingId !== previousId) await versions.moveStage('AWSPENDING', { from: pendingId, to: previousId });
  try {
    await startAndWatch(deps, previousId, timeoutSeconds);
  } catch (error) {
    // It is no candidate: the next rotation must not find it waiting.
    const { AWSPENDING: stillPendingId, AWSCURRENT: currentId } = (await versions.describe()).idByStage;
    if (stillPendingId === previousId && currentId !== previousId) {
      await versions.moveStage('AWSPENDING', { from: previousId });
    }
    throw error;
  }
}
