import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { createRotationHandler, type RotationHandler } from '../../functions/rotate/handler.ts';
import { RotationError } from '../../functions/rotate/rotation-error.ts';
import { createHttpClient } from '../../functions/shared/runtime/http-client.ts';
import { createSecretsManagerClient } from '../../functions/shared/secrets/secrets-manager-client.ts';
import { parseProviders } from '../../functions/shared/settings/config.ts';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import { createFakeClock } from './fake-clock.ts';
import { type FaultySecretsManager, startFaultySecretsManager } from './faulty-secrets-manager.ts';
import { pointSdkAt } from './sdk-environment.ts';

export const secretName = 'token-vending/test/prove';
export const currentId = '00000000-0000-4000-8000-000000000001';
export const pendingId = '00000000-0000-4000-8000-000000000002';
export const otherId = '00000000-0000-4000-8000-000000000003';

export const secretOf = (name: string): string =>
  JSON.stringify({ client_id: 'the-client', client_secret: `canary-${name}` });

export interface RotationFunction {
  readonly secretArn: string;
  readonly client: SecretsManagerClient;
  readonly secretsManager: FaultySecretsManager;
  readonly logLines: readonly string[];
  lastLog(): Record<string, unknown>;
  /** The milliseconds of each sleep, in order. */
  readonly sleeps: readonly number[];
  /** The listener is called before each sleep. */
  onSleep(listener: () => Promise<void>): void;
  /** Stages content as it is before a rotation. */
  stage(versionId: string, content: string, stages?: readonly string[]): Promise<void>;
  moveStage(stage: string, move: { to?: string; from?: string }): Promise<void>;
  /** @returns undefined, or the error's code */
  step(step: string, versionId?: string, remainingMs?: number): Promise<string | undefined>;
  send(event: unknown): Promise<RotationError | undefined>;
  /** @returns what the function answers */
  answer(event: unknown): ReturnType<RotationHandler>;
  /** Label → version. */
  stages(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** The rotation function in this process, over real sockets. The secret's AWSCURRENT is `currentId`. */
export async function startRotationFunction(
  providers: Readonly<Record<string, ProviderSettings>>,
): Promise<RotationFunction> {
  const clock = createFakeClock();
  const logLines: string[] = [];
  const sleeps: number[] = [];
  let beforeSleep = async (): Promise<void> => {};
  const secretsManager = await startFaultySecretsManager();
  pointSdkAt(secretsManager.url);
  const http = createHttpClient();
  const client = createSecretsManagerClient(http.send, 200);
  const created = await client.send(
    new CreateSecretCommand({ Name: secretName, SecretString: secretOf('old'), ClientRequestToken: currentId }),
  );
  const SecretId = created.ARN ?? '';
  const handler = createRotationHandler({
    config: { providers: parseProviders(providers, 'providers'), logLevel: 'info' },
    secretsManager: client,
    http,
    now: clock.now,
    wallClock: clock.now,
    random: () => 0,
    async sleep(ms) {
      sleeps.push(ms);
      await beforeSleep();
    },
    write: (line) => logLines.push(line),
    functionName: 'the-rotation',
  });

  async function send(event: unknown, remainingMs = 15_000): Promise<RotationError | undefined> {
    try {
      await handler(event, { getRemainingTimeInMillis: () => remainingMs });
      return undefined;
    } catch (error) {
      if (error instanceof RotationError) return error;
      throw error;
    }
  }

  return {
    secretArn: SecretId,
    client,
    secretsManager,
    logLines,
    lastLog: () => JSON.parse(logLines.at(-1) ?? '{}'),
    sleeps,
    onSleep(listener) {
      beforeSleep = listener;
    },
    async stage(ClientRequestToken, SecretString, VersionStages = ['AWSPENDING']) {
      const put = { SecretId, SecretString, ClientRequestToken, VersionStages: [...VersionStages] };
      await client.send(new PutSecretValueCommand(put));
    },
    async moveStage(VersionStage, { to: MoveToVersionId, from: RemoveFromVersionId }) {
      await client.send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }),
      );
    },
    async step(Step, ClientRequestToken = pendingId, remainingMs) {
      return (await send({ SecretId, ClientRequestToken, Step }, remainingMs))?.code;
    },
    send,
    answer: (event) => handler(event, { awsRequestId: 'lambda-request', getRemainingTimeInMillis: () => 15_000 }),
    async stages() {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
      return Object.fromEntries(
        Object.entries(VersionIdsToStages).flatMap(([id, labels]) => labels.map((label) => [label, id])),
      );
    },
    async close() {
      client.destroy();
      await secretsManager.close();
    },
  };
}
