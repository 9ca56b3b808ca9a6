import { setTimeout } from 'node:timers/promises';
import type { CommandDeps } from './commands.ts';
import { OperatorError } from './operator-error.ts';
import { readLoggedSteps } from './step-log.ts';

const pollMs = 500;

/**
 * Waits until a staged version is AWSCURRENT. Secrets Manager says nothing of single steps: they are shown where the
 * function's log is at hand.
 *
 * @throws OperatorError when a step has failed, or after `timeoutSeconds`
 */
export async function watch(deps: CommandDeps, versionId: string, timeoutSeconds: number): Promise<void> {
  const { target, versions, say } = deps;
  const giveUpAtMs = Date.now() + timeoutSeconds * 1000;
  let shown = 0;
  for (;;) {
    const { idByStage } = await versions.describe();
    const steps = await readLoggedSteps(target.logFile, versionId);
    for (const { step, outcome, description } of steps.slice(shown)) {
      say(`  ${step}: ${outcome}`);
      if (outcome === 'failed') throw notLive(versionId, description ?? target.whereToLook);
    }
    shown = steps.length;
    if (idByStage['AWSCURRENT'] === versionId) return;
    if (idByStage['AWSPENDING'] !== versionId) {
      throw notLive(versionId, 'Somebody has staged another version meanwhile.');
    }
    if (Date.now() >= giveUpAtMs) throw notLive(versionId, `It has not finished in time. ${target.whereToLook}`);
    await setTimeout(pollMs);
  }
}

function notLive(versionId: string, reason: string): OperatorError {
  return new OperatorError(
    `Version ${versionId} is not live. ${reason}\n` +
      'It stays staged: vends use it where the provider refuses the live one. Once the reason is mended, run this again.',
  );
}
