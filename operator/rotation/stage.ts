import { randomUUID } from 'node:crypto';
import { describeError, OperatorError } from '../operator-error.ts';
import { untilInterrupted } from './interruption.ts';
import { assertCanRotate, type RotationDeps, runRotation } from './run-rotation.ts';
import { testFromHere } from './test-version.ts';
import type { Labels } from './versions.ts';

export async function dryRun(deps: RotationDeps, content: string): Promise<void> {
  await testFromHere(deps, 'new', content);
  deps.say('The new credentials work. Nothing was staged.');
}

/** As a deployment leaves a new secret: the functions know that nobody has filled it in. */
export const secretPlaceholder = '{"client_id":"","client_secret":""}';

/**
 * Stages new credentials and has them rotated to.
 *
 * @throws OperatorError or RotationError that says why they are not live
 */
export async function stageAndRotate(deps: RotationDeps, content: string): Promise<void> {
  const { versions, say } = deps;
  const before = await versions.describe();
  assertCanRotate(deps, before);
  // Secrets Manager makes the first version of a secret AWSCURRENT at once, which would be untested.
  if (before.currentId === undefined) await versions.stage(randomUUID(), secretPlaceholder);
  const versionId = randomUUID();
  await versions.stage(versionId, content);
  say(`Staged version ${versionId} (AWSPENDING)`);
  sayWhatWasWaiting(deps, before);
  await untilInterrupted(async (signal) => {
    try {
      await runRotation(deps, versionId, before, signal);
    } catch (error) {
      throw new OperatorError(await explainFailure(deps, versionId, describeError(error), signal));
    }
  });
  await sayOutcome(deps, versionId);
}

function sayWhatWasWaiting({ say }: RotationDeps, { pendingId, currentId }: Labels): void {
  if (pendingId === undefined || pendingId === currentId) return;
  say(`It takes the place of version ${pendingId}, which was staged and has not gone live`);
}

/** An interrupted rotation may have finished, or may go on without this command. */
async function explainFailure(
  deps: RotationDeps,
  versionId: string,
  reason: string,
  signal: AbortSignal,
): Promise<string> {
  const labels = await deps.versions.describe().catch(() => undefined);
  if (labels?.currentId === versionId) return `${reason}\nVersion ${versionId} is live.`;
  if (labels?.pendingId !== versionId) return reason;
  return (
    `${reason}\nVersion ${versionId} stays AWSPENDING: vends use it where the provider refuses the live one. ` +
    `${signal.aborted ? 'A rotation that has started goes on.' : 'When the cause is removed, run this again.'}`
  );
}

async function sayOutcome({ versions, say }: RotationDeps, versionId: string): Promise<void> {
  const { currentId, previousId } = await versions.describe();
  if (currentId !== versionId) {
    say(`Version ${versionId} went live, and somebody else has made version ${currentId} live since.`);
  } else if (previousId === undefined) say(`Version ${versionId} is live.`);
  else say(`Version ${versionId} is live. ${previousId} is AWSPREVIOUS; --rollback puts it back.`);
}
