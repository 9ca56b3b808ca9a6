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

/** The content of a new secret after a deployment. The functions recognize it as not filled in. */
export const secretPlaceholder = '{"client_id":"","client_secret":""}';

/**
 * Stages new credentials and rotates to them.
 *
 * @throws OperatorError or RotationError that says why they are not live
 */
export async function stageAndRotate(deps: RotationDeps, content: string): Promise<void> {
  const { versions, say } = deps;
  const before = await versions.describe();
  assertCanRotate(deps, before);
  // Secrets Manager would make a secret's first version AWSCURRENT at once, untested.
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
  say(`It replaces version ${pendingId}, which was staged but never went live`);
}

/** A rotation may have finished in spite of the failure, or may go on without this command. */
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
    `${signal.aborted ? 'The rotation goes on without this command.' : 'Fix the cause and run this again.'}`
  );
}

async function sayOutcome({ versions, say }: RotationDeps, versionId: string): Promise<void> {
  const { currentId, previousId } = await versions.describe();
  if (currentId !== versionId) {
    say(`Version ${versionId} went live, but another operator has made version ${currentId} live since.`);
  } else if (previousId === undefined) say(`Version ${versionId} is live.`);
  else say(`Version ${versionId} is live. ${previousId} is AWSPREVIOUS; --rollback puts it back.`);
}
