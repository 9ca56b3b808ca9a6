import { RotationError } from '../functions/rotate/rotation-error.ts';
import { ConfigError } from '../functions/shared/settings/config.ts';
import { EnvironmentsError } from '../infra/settings/parse-environments.ts';

/** Why a command failed, for the person who typed it. The message never holds a secret's content. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/**
 * The message of our own errors. Of any other only the name: the SDK's messages may quote what was sent.
 *
 * @param asked what the command talks to
 */
export function describeError(error: unknown, asked = 'Secrets Manager'): string {
  const isOwn = [OperatorError, RotationError, ConfigError, EnvironmentsError].some((type) => error instanceof type);
  if (error instanceof Error && isOwn) return error.message;
  const name = error instanceof Error ? error.name : typeof error;
  return `${asked} could not be reached, or refused (${name}). Check the AWS credentials and the region in use.`;
}
