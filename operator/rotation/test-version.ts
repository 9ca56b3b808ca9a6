import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { StepResult } from '../../functions/rotate/handler.ts';
import { asRotationError, type TestedCredentials } from '../../functions/rotate/rotation-error.ts';
import { findProviders } from '../../functions/rotate/secret-labels.ts';
import { createSecretVersions } from '../../functions/rotate/secret-versions.ts';
import { OperatorError } from '../operator-error.ts';
import type { Target } from '../target.ts';
import { type RotationDeps, stepTimeoutMs, testCredentials } from './run-rotation.ts';
import type { SecretState } from './versions.ts';

/** Tests credentials at each provider of the secret, from here. @throws RotationError */
export async function testFromHere(
  { target, say }: Pick<RotationDeps, 'target' | 'say'>,
  versionId: string,
  secretString: string | undefined,
  subject: TestedCredentials = 'the new credentials',
): Promise<void> {
  const { secretsManager, secretId, providers } = target;
  try {
    const secret = await createSecretVersions(secretsManager).describe(secretId);
    const users = findProviders(providers.values(), secret);
    await testCredentials(users, { secretId, versionId, secretString }, Date.now() + stepTimeoutMs);
    for (const { name, tokenUrl } of users) say(`  accepted by ${name} (${tokenUrl})`);
  } catch (error) {
    throw asRotationError(error, subject);
  }
}

/**
 * Tests AWSPREVIOUS before any label moves. Only the functions may read a deployed secret, so the rotation function does it.
 * If that function cannot be asked, or is older than this command, the test runs from here, which takes a right to read.
 *
 * @throws OperatorError or RotationError if the version does not work
 */
export async function testPrevious(deps: RotationDeps, state: SecretState, previousId: string): Promise<void> {
  const { target, versions, options } = deps;
  deps.say(`Testing version ${previousId} (AWSPREVIOUS)`);
  const answer = options.isInProcess ? 'not asked' : await askFunction(target, state.rotationFunctionArn, previousId);
  if (typeof answer === 'object') {
    if (answer.outcome === 'failed') throw new OperatorError(answer.description);
    return;
  }
  const content = await versions.readPrevious().catch((error: Error) => {
    throw new OperatorError(
      `It cannot be tested: the rotation function was ${answer}, and the secret cannot be read from here (${error.name}). Nothing has changed.`,
    );
  });
  await testFromHere(deps, previousId, content, 'the credentials of AWSPREVIOUS');
}

/** @returns a text that says why the function has given no result */
async function askFunction(
  { lambda, secretId }: Target,
  FunctionName: string | undefined,
  versionId: string,
): Promise<StepResult | string> {
  const event = { SecretId: secretId, ClientRequestToken: versionId, Step: 'testPrevious' };
  try {
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
    const result = JSON.parse(answer.Payload?.transformToString() ?? '{}') as StepResult & { errorType?: string };
    return answer.FunctionError === undefined ? result : `asked and failed (${result.errorType})`;
  } catch (error) {
    return `not reached (${error instanceof Error ? error.name : typeof error})`;
  }
}
