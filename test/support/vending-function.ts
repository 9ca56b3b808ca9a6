import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createHttpClient } from '../../functions/shared/runtime/http-client.ts';
import type { SecretStage } from '../../functions/shared/secrets/client-credentials.ts';
import { createSecretsManagerClient } from '../../functions/shared/secrets/secrets-manager-client.ts';
import { parseProviders } from '../../functions/shared/settings/config.ts';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import { createVendingFunction } from '../../functions/vend/handler.ts';
import { assertDocumented } from './documented-answer.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { type SecretsScript, startFaultySecretsManager } from './faulty-secrets-manager.ts';
import { buildContext, buildVendEvent } from './rest-event.ts';
import { pointSdkAt } from './sdk-environment.ts';

export const secretId = 'token-vending/test/prove';
export const clientCredentials = { client_id: 'the-client', client_secret: 'canary-client-secret' };

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever it expects
  readonly body: any;
}

export interface VendingFunction {
  readonly clock: FakeClock;
  readonly logLines: readonly string[];
  /** The last log line, parsed. */
  readonly lastLog: () => Record<string, unknown>;
  readonly secretReads: () => number;
  /** Vends from `prove`, with form fields as text. */
  vend(form?: string): Promise<Answer>;
  handle(event: APIGatewayProxyEvent, remainingMs?: number): Promise<Answer>;
  /** What an instance with provisioned concurrency does before its first event. */
  preload(): Promise<void>;
  /** Adds a version to the secret, as AWSCURRENT unless `stages` says otherwise. @returns its id */
  putSecret(secretString: string, stages?: readonly SecretStage[]): Promise<string>;
  /** Moves AWSCURRENT to a version, as a rotation's last step does. */
  promote(versionId: string): Promise<void>;
  /** From now on every read of a secret gets this answer; undefined: the secret. */
  failSecretsWith(script: SecretsScript | undefined): void;
  close(): Promise<void>;
}

/**
 * The function in this process, wired as in `functions/vend/index.ts`, over real sockets: the local Secrets Manager through
 * the real SDK, and the provider at `tokenUrl`. Only the clock and the random numbers are the test's.
 *
 * @param others further providers beside `prove`; they share its token endpoint and its secret unless they say otherwise
 */
export async function startVendingFunction(
  tokenUrl: string,
  settings: Partial<ProviderSettings> = { dialect: 'prove' },
  random: () => number = () => 0,
  others: Readonly<Record<string, Partial<ProviderSettings>>> = {},
): Promise<VendingFunction> {
  const clock = createFakeClock();
  const logLines: string[] = [];
  const secretsManager = await startFaultySecretsManager();
  pointSdkAt(secretsManager.url);
  const http = createHttpClient();
  const client = createSecretsManagerClient(http.send, 200);
  await client.send(new CreateSecretCommand({ Name: secretId, SecretString: JSON.stringify(clientCredentials) }));
  const common = { tokenUrl, secretId };
  const providers = Object.fromEntries(
    Object.entries({ prove: settings, ...others }).map(([name, own]) => [name, { ...common, ...own }]),
  );
  const { handler, preload } = createVendingFunction({
    config: { providers: parseProviders(providers, 'providers'), logLevel: 'info' },
    secretsManager: client,
    http,
    now: clock.now,
    wallClock: clock.now,
    random,
    sleep: async (ms) => clock.advanceSeconds(ms / 1000),
    write: (line) => logLines.push(line),
    functionName: 'the-function',
    version: '1.2.3',
  });

  async function handle(event: APIGatewayProxyEvent, remainingMs?: number): Promise<Answer> {
    const result: APIGatewayProxyResult = await handler(event, buildContext(remainingMs));
    const answer = {
      status: result.statusCode,
      headers: result.headers as Record<string, string>,
      body: JSON.parse(result.body),
    };
    // What is no resource of the API never gets here by way of API Gateway.
    const { httpMethod: method, path } = event ?? {};
    if (path !== undefined && answer.status !== 404) assertDocumented({ method, path, ...answer });
    return answer;
  }

  return {
    clock,
    logLines,
    lastLog: () => JSON.parse(logLines.at(-1) ?? '{}'),
    secretReads: () => secretsManager.reads,
    failSecretsWith: secretsManager.failWith,
    vend: (form = '') => handle(buildVendEvent('prove', form)),
    handle,
    preload,
    async putSecret(SecretString, stages = ['AWSCURRENT']) {
      const command = new PutSecretValueCommand({ SecretId: secretId, SecretString, VersionStages: [...stages] });
      return (await client.send(command)).VersionId ?? '';
    },
    async promote(MoveToVersionId) {
      const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      const move = { SecretId: secretId, VersionStage: 'AWSCURRENT', MoveToVersionId, RemoveFromVersionId: VersionId };
      await client.send(new UpdateSecretVersionStageCommand(move));
    },
    async close() {
      client.destroy();
      await secretsManager.close();
    },
  };
}
