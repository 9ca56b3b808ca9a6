import { setImmediate } from 'node:timers/promises';
import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { createHttpClient } from '../../functions/shared/runtime/http-client.ts';
import { createSecretsManagerClient } from '../../functions/shared/secrets/secrets-manager-client.ts';
import { parseProviders } from '../../functions/shared/settings/config.ts';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import { createVendingFunction, type Handler } from '../../functions/vend/handler.ts';
import { createDynamoDbClient } from '../../functions/vend/tokens/token-store/dynamodb-client.ts';
import { createShareTokens } from '../../functions/vend/tokens/token-store/shared-obtain.ts';
import type { StoreLimits } from '../../functions/vend/tokens/token-store/store-access.ts';
import { createTokenTable } from '../../local/token-table/create-token-table.ts';
import { startTableServer } from '../../local/token-table/table-server.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { startFaultySecretsManager } from './faulty-secrets-manager.ts';
import { buildContext, buildVendEvent } from './rest-event.ts';
import { pointSdkAt } from './sdk-environment.ts';
import { type Answer, clientCredentials, secretId } from './vending-function.ts';

/** Waits for nothing: many instances share the processor here. */
const patient: StoreLimits = { requestMs: 20_000, firstRequestMs: 20_000, vendMs: 20_000 };

export interface FleetInstance {
  /** Vends from `prove`, with form fields as text. */
  vend(form?: string, remainingMs?: number): Promise<Answer>;
  readonly logLines: readonly string[];
}

export interface VendingFleet {
  readonly clock: FakeClock;
  readonly client: DynamoDBClient;
  readonly tableUrl: string;
  /** A new instance, cold. @param skewMs how far its clock is ahead */
  addInstance(limits?: StoreLimits, skewMs?: number, send?: Pick<DynamoDBClient, 'send'>): FleetInstance;
  addInstances(count: number): readonly FleetInstance[];
  putSecret(secret: object): Promise<void>;
  /** All that is in the table. */
  scan(): Promise<readonly Record<string, AttributeValue>[]>;
  put(item: Record<string, AttributeValue>): Promise<void>;
  /** Sets one attribute of an item. */
  set(key: string, name: string, value: AttributeValue): Promise<void>;
  close(): Promise<void>;
}

/** Instances in this process, wired as deployed, over one table, one secret and one clock. */
export async function startVendingFleet(
  tokenUrl: string,
  settings: Partial<ProviderSettings> = { dialect: 'prove' },
): Promise<VendingFleet> {
  const clock = createFakeClock();
  const [secretsManager, table] = await Promise.all([startFaultySecretsManager(), startTableServer()]);
  pointSdkAt(secretsManager.url);
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = table.url;
  const http = createHttpClient();
  const secrets = createSecretsManagerClient(http.send, 20_000);
  const client = createDynamoDbClient(http.send, 20_000);
  delete process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  await createTokenTable(client, 'tokens');
  await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString: JSON.stringify(clientCredentials) }));
  const providers = parseProviders({ prove: { tokenUrl, secretId, ...settings } }, 'providers');

  function addInstance(limits: StoreLimits = patient, skewMs = 0, store: Pick<DynamoDBClient, 'send'> = client) {
    const logLines: string[] = [];
    const now = () => clock.now() + skewMs;
    const { handler }: { handler: Handler } = createVendingFunction({
      config: { providers, logLevel: 'info' },
      secretsManager: secrets,
      http,
      now,
      wallClock: now,
      random: Math.random,
      sleep: async () => void (await setImmediate()),
      write: (line) => logLines.push(line),
      functionName: 'the-function',
      version: '1.2.3',
      shareTokens: createShareTokens(store, 'tokens', limits),
    });
    return {
      logLines,
      async vend(form = '', remainingMs = undefined as number | undefined) {
        const answer = await handler(buildVendEvent('prove', form), buildContext(remainingMs));
        const { statusCode: status, headers, body } = answer;
        return { status, headers: headers as Record<string, string>, body: JSON.parse(body) };
      },
    };
  }

  return {
    clock,
    client,
    tableUrl: table.url,
    addInstance,
    addInstances: (count) => Array.from({ length: count }, () => addInstance()),
    async putSecret(secret) {
      await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(secret) }));
    },
    scan: async () => (await client.send(new ScanCommand({ TableName: 'tokens' }))).Items ?? [],
    async put(Item) {
      await client.send(new PutItemCommand({ TableName: 'tokens', Item }));
    },
    async set(key, name, value) {
      await client.send(
        new UpdateItemCommand({
          TableName: 'tokens',
          Key: { pk: { S: key } },
          UpdateExpression: 'SET #name = :value',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':value': value },
        }),
      );
    },
    async close() {
      secrets.destroy();
      client.destroy();
      await Promise.all([secretsManager.close(), table.close()]);
    },
  };
}
