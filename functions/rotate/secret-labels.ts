import type { Provider } from '../shared/settings/provider-settings.ts';
import { RotationError } from './rotation-error.ts';

/** A secret without its content. */
export interface SecretDescription {
  readonly arn: string;
  readonly name: string;
  /** Version id → its staging labels. */
  readonly stagesByVersion: ReadonlyMap<string, readonly string[]>;
}

export function findVersion({ stagesByVersion }: SecretDescription, stage: string): string | undefined {
  return [...stagesByVersion].find(([, stages]) => stages.includes(stage))?.[0];
}

const howToStage = 'Stage the new credentials with `npm run rotate`, which also starts the rotation.';

/**
 * Whether a version is still to become AWSCURRENT. Pure.
 *
 * @returns false if it is AWSCURRENT already, so every step is done
 * @throws RotationError `unknown_version`, `pending_of_another_token`, `not_pending`
 */
export function isPending(secret: SecretDescription, versionId: string): boolean {
  const stages = secret.stagesByVersion.get(versionId);
  if (stages?.includes('AWSCURRENT') === true) return false;
  if (stages?.includes('AWSPENDING') === true) return true;
  const pendingId = findVersion(secret, 'AWSPENDING');
  if (pendingId !== undefined && pendingId !== findVersion(secret, 'AWSCURRENT')) {
    throw new RotationError(
      'pending_of_another_token',
      `Version ${versionId} is not AWSPENDING; version ${pendingId} is. Nothing has changed. Start the rotation of that one.`,
      { pendingVersion: pendingId },
    );
  }
  if (stages === undefined) {
    throw new RotationError(
      'unknown_version',
      `The secret has no version ${versionId}, or not any more. Nothing has changed. ${howToStage}`,
    );
  }
  throw new RotationError(
    'not_pending',
    `Version ${versionId} is not AWSPENDING, so it cannot become AWSCURRENT. Nothing has changed. ${howToStage}`,
  );
}

/** @throws RotationError `not_previous` */
export function assertPrevious(secret: SecretDescription, versionId: string): void {
  if (findVersion(secret, 'AWSPREVIOUS') === versionId) return;
  throw new RotationError('not_previous', `Version ${versionId} is not AWSPREVIOUS. Nothing has changed.`);
}

export function nothingStaged(versionId: string): RotationError {
  return new RotationError(
    'nothing_staged',
    `Version ${versionId} has no content: no new credentials are staged. Nothing has changed. ${howToStage}`,
  );
}

/**
 * Finds the providers that use a secret, whether their settings have its name or its ARN.
 *
 * @throws RotationError `no_provider`
 */
export function findProviders(providers: Iterable<Provider>, secret: SecretDescription): readonly Provider[] {
  const { arn, name } = secret;
  // Secrets Manager also accepts an ARN without the six random characters at its end.
  const ids = new Set([arn, name, arn.replace(/-[A-Za-z0-9]{6}$/, '')]);
  const users = [...providers].filter(({ secretId }) => ids.has(secretId));
  if (users.length > 0) return users;
  throw new RotationError(
    'no_provider',
    `No provider's settings name the secret ${name}, so its credentials cannot be tested. Nothing has changed.`,
  );
}
