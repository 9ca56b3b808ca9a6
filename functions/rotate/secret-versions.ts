import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { throwAsSecretError } from '../shared/secrets/secret-errors.ts';

/** A secret without its content. */
export interface SecretDescription {
  readonly arn: string;
  readonly name: string;
  /** Version id → its labels. */
  readonly stagesByVersion: ReadonlyMap<string, readonly string[]>;
}

/** A version's content, not judged yet. */
export interface StagedSecret {
  readonly secretId: string;
  readonly versionId: string;
  readonly secretString: string | undefined;
}

/** What a rotation asks of Secrets Manager. Each throws VendError. */
export interface SecretVersions {
  describe(secretId: string): Promise<SecretDescription>;
  /** Undefined while the version has no content: none yet, or none that can be read at this moment. */
  readPending(secretId: string, versionId: string): Promise<StagedSecret | undefined>;
  /** Moves AWSCURRENT; Secrets Manager itself makes the other version AWSPREVIOUS. */
  makeCurrent(secretId: string, versionId: string, currentVersionId: string | undefined): Promise<void>;
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
    async readPending(secretId, versionId) {
      const command = new GetSecretValueCommand({
        SecretId: secretId,
        VersionId: versionId,
        VersionStage: 'AWSPENDING',
      });
      const answer = await client.send(command).catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        return throwAsSecretError(secretId)(error);
      });
      return answer && { secretId, versionId, secretString: answer.SecretString };
    },
    async makeCurrent(secretId, versionId, currentVersionId) {
      const command = new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: versionId,
        ...(currentVersionId !== undefined && { RemoveFromVersionId: currentVersionId }),
      });
      await client.send(command).catch(throwAsSecretError(secretId));
    },
  };
}

export function findVersion({ stagesByVersion }: SecretDescription, stage: string): string | undefined {
  return [...stagesByVersion].find(([, stages]) => stages.includes(stage))?.[0];
}
