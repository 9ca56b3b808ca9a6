import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { OperatorError } from '../operator-error.ts';

export interface Labels {
  readonly currentId: string | undefined;
  readonly pendingId: string | undefined;
  readonly previousId: string | undefined;
}

export interface SecretState extends Labels {
  /** Undefined if the secret has no rotation function. */
  readonly rotationFunctionArn: string | undefined;
}

/** The calls of Secrets Manager that the command needs, for one secret. */
export interface Versions {
  describe(): Promise<SecretState>;
  readPrevious(): Promise<string | undefined>;
  /** Puts a version with this content, and moves AWSPENDING to it. */
  stage(versionId: string, content: string): Promise<void>;
  /** Starts the rotation to a staged version; `describe` shows its progress. */
  startRotation(versionId: string): Promise<void>;
  /** Moves AWSPENDING. @throws OperatorError if a version other than `from` has it */
  movePending(move: { readonly from: string | undefined; readonly to: string | undefined }): Promise<void>;
}

export function createVersions(client: SecretsManagerClient, SecretId: string): Versions {
  return {
    async describe() {
      const secret = await client.send(new DescribeSecretCommand({ SecretId }));
      return {
        ...readLabels(secret.VersionIdsToStages),
        rotationFunctionArn: secret.RotationEnabled === true ? secret.RotationLambdaARN : undefined,
      };
    },
    async readPrevious() {
      return (await client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' }))).SecretString;
    },
    async stage(ClientRequestToken, SecretString) {
      const VersionStages = ['AWSPENDING'];
      await client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages }));
    },
    async startRotation(ClientRequestToken) {
      try {
        await client.send(new RotateSecretCommand({ SecretId, ClientRequestToken }));
      } catch (error) {
        // "A previous rotation isn't complete. That rotation will be reattempted." It is this one.
        if (!(error instanceof InvalidRequestException && error.message.includes('reattempted'))) throw error;
      }
    },
    async movePending({ from: RemoveFromVersionId, to: MoveToVersionId }) {
      const VersionStage = 'AWSPENDING';
      const move = { SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId };
      await client.send(new UpdateSecretVersionStageCommand(move)).catch((error: unknown) => {
        if (!(error instanceof InvalidParameterException)) throw error;
        throw new OperatorError('Another operator has moved AWSPENDING.');
      });
    },
  };
}

function readLabels(stagesByVersion: DescribeSecretCommandOutput['VersionIdsToStages'] = {}): Labels {
  const find = (stage: string) => Object.entries(stagesByVersion).find(([, stages]) => stages.includes(stage))?.[0];
  return { currentId: find('AWSCURRENT'), pendingId: find('AWSPENDING'), previousId: find('AWSPREVIOUS') };
}
