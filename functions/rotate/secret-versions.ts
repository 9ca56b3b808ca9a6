import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SecretStage } from '../shared/secrets/client-credentials.ts';
import { throwAsSecretError } from '../shared/secrets/secret-errors.ts';
import { RotationError } from './rotation-error.ts';
import type { SecretDescription } from './secret-labels.ts';

/** A version's content, not validated yet. */
export interface VersionContent {
  readonly secretId: string;
  readonly versionId: string;
  readonly secretString: string | undefined;
}

/** The calls of Secrets Manager that a rotation needs. Each throws TokenError. */
export interface SecretVersions {
  describe(secretId: string): Promise<SecretDescription>;
  /** Undefined if the version with this label has no content, or none that can be read yet. */
  read(secretId: string, versionId: string, stage: SecretStage): Promise<VersionContent | undefined>;
  /**
   * Moves AWSCURRENT, unless a version other than `fromVersionId` has it by now. Secrets Manager itself makes that version
   * AWSPREVIOUS.
   *
   * @throws RotationError `current_changed`
   */
  makeCurrent(secretId: string, versionId: string, fromVersionId: string | undefined): Promise<void>;
}

export function createSecretVersions(client: Pick<SecretsManagerClient, 'send'>): SecretVersions {
  return {
    async describe(secretId) {
      const answer = await client
        .send(new DescribeSecretCommand({ SecretId: secretId }))
        .catch(throwAsSecretError(secretId));
      const stagesByVersion = new Map(Object.entries(answer.VersionIdsToStages ?? {}));
      return { arn: answer.ARN ?? secretId, name: answer.Name ?? secretId, stagesByVersion };
    },
    async read(secretId, versionId, stage) {
      const command = new GetSecretValueCommand({ SecretId: secretId, VersionId: versionId, VersionStage: stage });
      const answer = await client.send(command).catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        return throwAsSecretError(secretId)(error);
      });
      return answer && { secretId, versionId, secretString: answer.SecretString };
    },
    async makeCurrent(secretId, versionId, fromVersionId) {
      const command = new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: versionId,
        ...(fromVersionId !== undefined && { RemoveFromVersionId: fromVersionId }),
      });
      await client.send(command).catch((error: unknown) => {
        if (error instanceof InvalidParameterException) throw currentChanged(versionId);
        return throwAsSecretError(secretId)(error);
      });
    },
  };
}

/** Another operator promoted a version or rolled back while this one was being tested. */
export function currentChanged(versionId: string): RotationError {
  return new RotationError(
    'current_changed',
    `Another version became AWSCURRENT while version ${versionId} was being tested. This step has changed nothing. If version ${versionId} should still go live, start again.`,
  );
}
