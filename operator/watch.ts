import { setTimeout } from 'node:timers/promises';
import type { CommandDeps } from './commands.ts';
import { OperatorError } from './operator-error.ts';
import { readLoggedSteps } from './step-log.ts';

const pollMs = 500;

/** Starts a staged version's rotation and waits for what comes of it. @throws OperatorError */
export async function startAndWatch(deps: CommandDeps, versionId: string, timeoutSeconds: number): Promise<void> {
  // What the log says of this version already is of an earlier rotation.
  const earlier = (await readLoggedSteps(deps.target.logFile, versionId)).length;
  await deps.versions.start(versionId);
  await watch(deps, versionId, earlier, timeoutSeconds);
}

/**
 * Waits until a staged version is AWSCURRENT. Secrets Manager says nothing of single steps: they are shown where the
 * function's log is at hand.
 *
 * @throws OperatorError when a step has failed, or after `timeoutSeconds`
 */
async function watch(
  deps: CommandDeps,
  versionId: string,
  earlierSteps: number,
  timeoutSeconds: number,
): Promise<void> {
  const { target, versions, say } = deps;
  const giveUpAtMs = Date.now() + timeoutSeconds * 1000;
  say('Started the rotation');
  let shown = earlierSteps;
  for (;;) {
    const { idByStage } = await versions.describe();
    const steps = await readLoggedSteps(target.logFile, versionId);
    for (const { step, outcome, description } of steps.slice(shown)) {
      say(`  ${step}: ${outcome}`);
      if (outcome === 'failed') throw notLive(versionId, description ?? target.whereToLook);
    }
    shown = steps.length;
    const isLate = Date.now() >= giveUpAtMs;
    const isLive = idByStage['AWSCURRENT'] === versionId;
    // The function writes its last line a moment after it has moved the label.
    const isTold = steps.length === earlierSteps || steps.at(-1)?.step === 'finishSecret';
    if (isLive && (isTold || isLate)) return;
    if (!isLive && idByStage['AWSPENDING'] !== versionId) {
      throw notLive(versionId, 'Somebody has staged another version meanwhile.');
    }
    if (isLate) throw notLive(versionId, `It has not finished in time. ${target.whereToLook}`);
    await setTimeout(pollMs);
  }
}

function notLive(versionId: string, reason: string): OperatorError {
  return new OperatorError(
    `Version ${versionId} is not live. ${reason}\n` +
      'Vends use a staged version where the provider refuses the live one. Once the reason is mended, run this again.',
  );
}
