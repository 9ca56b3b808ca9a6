import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { asRotationError } from '../functions/rotate/describe-failure.ts';
import { createRotate } from '../functions/rotate/rotate.ts';
import { rotationSteps } from '../functions/rotate/rotation-event.ts';
import { findProviders } from '../functions/rotate/secret-providers.ts';
import { createSecretVersions } from '../functions/rotate/secret-versions.ts';
import { createTestCredentials } from '../functions/rotate/test-credentials.ts';
import { createExchange } from '../functions/shared/exchange/exchange.ts';
import { createHttpClient } from '../functions/shared/runtime/http-client.ts';
import { OperatorError } from './operator-error.ts';
import type { RotateOptions } from './options.ts';
import type { Target } from './target.ts';
import type { Versions } from './versions.ts';
import { startAndWatch } from './watch.ts';

export interface CommandDeps {
  readonly target: Target;
  readonly versions: Versions;
  /** Takes a line for the operator. */
  readonly say: (line: string) => void;
}

const stepTimeoutMs = 15_000;
const clocks = { now: Date.now, wallClock: Date.now, random: Math.random, sleep: (ms: number) => setTimeout(ms) };
const testCredentials = createTestCredentials({
  exchange: createExchange({ send: createHttpClient().send, ...clocks }),
  ...clocks,
});

/** Tests credentials at each provider of the secret, from here. @throws RotationError */
export async function testFromHere({ target, say }: CommandDeps, versionId: string, secretString: string | undefined) {
  const { client, secretId, providers } = target;
  try {
    const secret = await createSecretVersions(client).describe(secretId);
    const users = findProviders(providers.values(), secret);
    await testCredentials(users, { secretId, versionId, secretString }, Date.now() + stepTimeoutMs);
    for (const { name, tokenUrl } of users) say(`  accepted by ${name} (${tokenUrl})`);
  } catch (error) {
    throw asRotationError(error);
  }
}

export async function dryRun(deps: CommandDeps, content: string): Promise<void> {
  await testFromHere(deps, 'new', content);
  deps.say('The new credentials work. Nothing was staged.');
}

/** Stages, starts and watches a rotation. @throws OperatorError or RotationError that says why it came to nothing */
export async function rotate(deps: CommandDeps, options: RotateOptions, content: string): Promise<void> {
  const { versions, say } = deps;
  const versionId = randomUUID();
  if (!options.isInProcess && !(await versions.describe()).isRotationOn) {
    throw new OperatorError(
      'No rotation function is set up for this secret. Nothing has changed. Deploy the stack, or use --in-process.',
    );
  }
  await versions.stage(versionId, content);
  say(`Staged version ${versionId} (AWSPENDING)`);
  if (options.isInProcess) await runSteps(deps, versionId);
  else await startAndWatch(deps, versionId, options.timeoutSeconds);
  const { AWSPREVIOUS: previousId } = (await versions.describe()).idByStage;
  say(`Version ${versionId} is live. ${previousId} is AWSPREVIOUS; --rollback puts it back.`);
}

/** What the rotation function does, with the same code. */
async function runSteps({ target, say }: CommandDeps, versionId: string): Promise<void> {
  const { client, providers, secretId } = target;
  const { sleep } = clocks;
  const rotateStep = createRotate({ providers, versions: createSecretVersions(client), testCredentials, sleep });
  for (const step of rotationSteps) {
    try {
      say(`  ${step}: ${await rotateStep({ secretId, versionId, step }, Date.now() + stepTimeoutMs)}`);
    } catch (error) {
      say(`  ${step}: failed`);
      throw asRotationError(error);
    }
  }
}
