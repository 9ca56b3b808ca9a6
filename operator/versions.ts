import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

/** What the operator's commands ask of Secrets Manager about one secret. */
export interface Versions {
  describe(): Promise<{ readonly isRotationOn: boolean; readonly idByStage: Readonly<Record<string, string>> }>;
  read(stage: string): Promise<string | undefined>;
  /** Makes a version with this content AWSPENDING, whichever one was. */
  stage(versionId: string, content: string): Promise<void>;
  /** Asks for the rotation to a staged version; who looks at `describe` sees what comes of it. */
  start(versionId: string): Promise<void>;
  moveStage(stage: string, move: { readonly from?: string | undefined; readonly to?: string }): Promise<void>;
}

export function createVersions(client: SecretsManagerClient, SecretId: string): Versions {
  return {
    async describe() {
      const secret = await client.send(new DescribeSecretCommand({ SecretId }));
      return { isRotationOn: secret.RotationEnabled === true, idByStage: invert(secret.VersionIdsToStages) };
    },
    async read(VersionStage) {
      return (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;
    },
    async stage(ClientRequestToken, SecretString) {
      const VersionStages = ['AWSPENDING'];
      await client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages }));
    },
    async start(ClientRequestToken) {
      try {
        await client.send(new RotateSecretCommand({ SecretId, ClientRequestToken }));
      } catch (error) {
        // "A previous rotation isn't complete. That rotation will be reattempted." It is the one that is asked for.
        if (!(error instanceof InvalidRequestException && error.message.includes('reattempted'))) throw error;
      }
    },
    async moveStage(VersionStage, { from: RemoveFromVersionId, to: MoveToVersionId }) {
      await client.send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }),
      );
    },
  };
}

function invert(stagesByVersion: DescribeSecretCommandOutput['VersionIdsToStages'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stagesByVersion).flatMap(([id, stages]) => stages.map((stage) => [stage, id])),
  );
}
