import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { createRotate } from '../../functions/rotate/rotate.ts';
import { asRotationError } from '../../functions/rotate/rotation-error.ts';
import { rotationSteps } from '../../functions/rotate/rotation-event.ts';
import { createSecretVersions } from '../../functions/rotate/secret-versions.ts';
import { createTestCredentials } from '../../functions/rotate/test-credentials.ts';
import { createExchange } from '../../functions/shared/exchange/exchange.ts';
import { createHttpClient } from '../../functions/shared/runtime/http-client.ts';
import { OperatorError } from '../operator-error.ts';
import type { Target } from '../target.ts';
import type { RotateOptions } from './options.ts';
import type { Labels, SecretState, Versions } from './versions.ts';

export interface RotationDeps {
  readonly target: Target;
  readonly versions: Versions;
  readonly options: Pick<RotateOptions, 'isInProcess' | 'timeoutSeconds'>;
  /** Prints a line for the operator. */
  readonly say: (line: string) => void;
}

/** @throws OperatorError if neither Secrets Manager nor this command can run the steps */
export function assertCanRotate({ options }: RotationDeps, { rotationFunctionArn }: SecretState): void {
  if (options.isInProcess || rotationFunctionArn !== undefined) return;
  throw new OperatorError(
    'No rotation function is set up for this secret. Nothing has changed. Deploy the stack, or use --in-process.',
  );
}

/**
 * Rotates to a staged version and waits until it is live. Secrets Manager calls the function, or the steps run here.
 *
 * @param before the labels as they were before the version was staged
 * @param signal ends the wait; a step that is running here is waited for
 * @throws OperatorError or RotationError that says why the version is not live
 */
export async function runRotation(
  deps: RotationDeps,
  versionId: string,
  before: Labels,
  signal: AbortSignal,
): Promise<void> {
  const { target, versions, options, say } = deps;
  if (options.isInProcess) return runSteps(deps, versionId, signal);
  // What the log already says about this version belongs to an earlier rotation.
  const earlierSteps = (await readLoggedSteps(target.logFile, versionId)).length;
  await versions.startRotation(versionId);
  say('Started the rotation');
  await untilLive(deps, { versionId, before, earlierSteps, signal });
}

/** The rotation function's own timeout. */
export const stepTimeoutMs = 60_000;

const clocks = { now: Date.now, wallClock: Date.now, random: Math.random, sleep: (ms: number) => setTimeout(ms) };

export const testCredentials = createTestCredentials({
  exchange: createExchange({ send: createHttpClient().send, ...clocks }),
  ...clocks,
});

/** Does the rotation function's work, with the same code. */
async function runSteps({ target, say }: RotationDeps, versionId: string, signal: AbortSignal): Promise<void> {
  const { secretsManager, providers, secretId } = target;
  const { sleep } = clocks;
  const rotateStep = createRotate({
    providers,
    versions: createSecretVersions(secretsManager),
    testCredentials,
    sleep,
  });
  for (const step of rotationSteps) {
    signal.throwIfAborted();
    try {
      say(`  ${step}: ${await rotateStep({ secretId, versionId, step }, Date.now() + stepTimeoutMs)}`);
    } catch (error) {
      say(`  ${step}: failed`);
      throw asRotationError(error);
    }
  }
}

const pollMs = 500;
/** The function moves AWSCURRENT shortly after it last saw the label, so a lost label is no proof at the first look. */
const looksWithoutLabel = 4;

interface Watched {
  readonly versionId: string;
  readonly before: Labels;
  readonly earlierSteps: number;
  readonly signal: AbortSignal;
}

/** Secrets Manager tells nothing about single steps; they are shown if the function's log is a file here. */
async function untilLive({ target, versions, options, say }: RotationDeps, watched: Watched): Promise<void> {
  const { versionId, before, earlierSteps, signal } = watched;
  const giveUpAtMs = Date.now() + options.timeoutSeconds * 1000;
  let shown = earlierSteps;
  let withoutLabel = 0;
  for (;;) {
    signal.throwIfAborted();
    const isLate = Date.now() >= giveUpAtMs;
    const steps = await readLoggedSteps(target.logFile, versionId);
    for (const { step, outcome } of steps.slice(shown)) say(`  ${step}: ${outcome}`);
    const failed = steps.slice(shown).find(({ outcome }) => outcome === 'failed');
    shown = steps.length;
    const { currentId, pendingId, previousId } = await versions.describe();
    const wasReplaced = previousId === versionId && currentId !== before.currentId;
    const isLive = currentId === versionId || wasReplaced;
    // The function writes its last line shortly after it has moved the label.
    const isLogComplete = shown === earlierSteps || steps.at(-1)?.step === 'finishSecret';
    if (isLive && (isLogComplete || isLate)) return;
    if (failed !== undefined) throw notLive(versionId, failed.description ?? target.whereToLook);
    withoutLabel = isLive || pendingId === versionId ? 0 : withoutLabel + 1;
    if (withoutLabel === looksWithoutLabel) throw notLive(versionId, describeLoss(pendingId));
    if (isLate) throw notLive(versionId, `It has not finished in time. ${target.whereToLook}`);
    await setTimeout(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

function describeLoss(pendingId: string | undefined): string {
  if (pendingId === undefined) return 'Another operator has removed its label AWSPENDING.';
  return `Another operator has moved AWSPENDING to version ${pendingId}.`;
}

function notLive(versionId: string, reason: string): OperatorError {
  return new OperatorError(`Version ${versionId} is not live. ${reason}`);
}

/** The rotation function's line about one step. */
interface LoggedStep {
  readonly secretVersion: string;
  readonly step: string;
  readonly outcome: string;
  readonly description: string | undefined;
}

/** The steps of a version's rotation so far, from the local stack's log; none if there is no such file. */
async function readLoggedSteps(logFile: string | undefined, versionId: string): Promise<readonly LoggedStep[]> {
  if (logFile === undefined) return [];
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.endsWith('}') && line.includes(versionId))
    .map((line) => JSON.parse(line) as LoggedStep)
    .filter(({ secretVersion }) => secretVersion === versionId);
}
