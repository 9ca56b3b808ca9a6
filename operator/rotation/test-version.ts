import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
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
 *
 * @throws OperatorError or RotationError if the version does not work
 */
export async function testPrevious(deps: RotationDeps, state: SecretState, previousId: string): Promise<void> {
  const { target, versions, options } = deps;
  deps.say(`Testing version ${previousId} (AWSPREVIOUS)`);
  if (options.isInProcess || target.lambda === undefined) {
    await testFromHere(deps, previousId, await versions.readPrevious(), 'the credentials of AWSPREVIOUS');
  } else await askFunction(target.lambda, target, state.rotationFunctionArn, previousId);
}

async function askFunction(
  lambda: LambdaClient,
  { secretId }: Target,
  FunctionName: string | undefined,
  versionId: string,
): Promise<void> {
  const event = { SecretId: secretId, ClientRequestToken: versionId, Step: 'testPrevious' };
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
  const answer = await lambda.send(command).catch((error: Error) => {
    throw new OperatorError(
      `The rotation function cannot be invoked (${error.name}). Nothing has changed. You need lambda:InvokeFunction on ${FunctionName}.`,
    );
  });
  const result = JSON.parse(answer.Payload?.transformToString() ?? '{}') as StepResult & { errorType?: string };
  if (answer.FunctionError !== undefined) {
    throw new OperatorError(
      `The rotation function could not test it (${result.errorType}). Nothing has changed. If the function is older than this command, deploy the stack first.`,
    );
  }
  if (result.outcome === 'failed') throw new OperatorError(result.description);
}
