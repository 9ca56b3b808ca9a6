import { RotationError } from '../functions/rotate/rotation-error.ts';
import { ConfigError } from '../functions/shared/settings/config.ts';
import { EnvironmentsError } from '../infra/settings/parse-environments.ts';

/** Why a command came to nothing, for the person who typed it. Never holds a secret's content. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** The message of an error of ours; of any other only its name, because the SDK's messages may quote what was sent. */
export function describeError(error: unknown): string {
  const isOwn = [OperatorError, RotationError, ConfigError, EnvironmentsError].some((type) => error instanceof type);
  if (error instanceof Error && isOwn) return error.message;
  const name = error instanceof Error ? error.name : typeof error;
  return `Secrets Manager could not be reached, or refused (${name}). Check the AWS credentials and the region in use.`;
}
