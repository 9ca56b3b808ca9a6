import { setTimeout } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { createHandleRevocation, type RevocationResult } from '../../functions/rotate/revocation/handle-revocation.ts';
import { buildRevocationEvent } from '../../functions/rotate/revocation/revocation-event.ts';
import { createRevoke } from '../../functions/rotate/revocation/revoke.ts';
import { createSecretVersions } from '../../functions/rotate/secret-versions.ts';
import { createHttpClient } from '../../functions/shared/runtime/http-client.ts';
import { OperatorError } from '../operator-error.ts';
import { createVersions } from '../rotation/versions.ts';
import type { Target } from '../target.ts';

/** The rotation function's own timeout. */
const timeoutMs = 60_000;

/**
 * Has the rotation function revoke the token. Without one, as where another team keeps the secret, it is done from here, which
 * takes the right to read the secret.
 *
 * @throws OperatorError if the function cannot be asked
 */
export async function askForRevocation(
  target: Target,
  provider: string,
  token: string,
  isInProcess: boolean,
): Promise<RevocationResult> {
  const event = buildRevocationEvent({ provider, token });
  // A secret that another team keeps may have a rotation function of theirs, which the token is no business of.
  const isOwnSecret = !target.secretId.startsWith('arn:');
  if (isInProcess || !isOwnSecret) return revokeFromHere(target, event);
  const { rotationFunctionArn } = await createVersions(target.secretsManager, target.secretId).describe();
  if (rotationFunctionArn === undefined) return revokeFromHere(target, event);
  return invoke(target, rotationFunctionArn, event);
}

async function invoke({ lambda, whereToLook }: Target, FunctionName: string, event: object): Promise<RevocationResult> {
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
  const answer = await lambda.send(command).catch((error: Error) => {
    throw new OperatorError(
      `Nothing was revoked: the rotation function could not be asked (${error.name}). You need lambda:InvokeFunction on it.`,
    );
  });
  const result = JSON.parse(answer.Payload?.transformToString() ?? '{}') as RevocationResult & { errorType?: string };
  if (answer.FunctionError === undefined) return result;
  // A function of before this command takes the event for a step of a rotation.
  throw new OperatorError(
    `The rotation function failed (${result.errorType}). If it is older than this command, deploy first. ${whereToLook}`,
  );
}

/** Does the rotation function's work, with the same code. */
function revokeFromHere({ secretsManager, providers }: Target, event: object): Promise<RevocationResult> {
  const [now, wallClock, random] = [Date.now, Date.now, Math.random];
  const versions = createSecretVersions(secretsManager);
  const sleep = (ms: number) => setTimeout(ms);
  const revoke = createRevoke({ providers, versions, send: createHttpClient().send, now, wallClock, random, sleep });
  return createHandleRevocation(revoke, () => undefined, now)(event, Date.now() + timeoutMs);
}
