import type { CallerLimitSettings } from '../functions/shared/settings/config.ts';
import type { ProviderSettings } from '../functions/shared/settings/provider-settings.ts';
import { writeSettings } from '../infra/functions/settings-file.ts';
import { type Caller, createCallers, region } from './gateway/callers.ts';
import { type Answered, startGateway } from './gateway/gateway.ts';
import { stage } from './gateway/rest-event.ts';
import { WebAcl } from './gateway/web-acl.ts';
import { bundleAll } from './lambda/bundles.ts';
import { createFunctionSettings, functionArn, functionRole } from './lambda/function-settings.ts';
import { type FunctionSettings, startInstance } from './lambda/instance.ts';
import { InstancePool } from './lambda/instance-pool.ts';
import { type LocalProviders, settingsByName } from './providers/providers.ts';
import { fillSecrets } from './secrets-manager/fill-secrets.ts';
import type { RotationFunction } from './secrets-manager/rotations.ts';
import { SecretStore } from './secrets-manager/secret-store.ts';
import { startSecretsManager } from './secrets-manager/secrets-manager.ts';
import { startTokenStore, type TokenStore } from './token-table/token-store.ts';

export interface StackOptions {
  /** Of the gateway; 0 takes any free one. */
  readonly port: number;
  /** The kind of API that the gateway plays; `rest` unless given. */
  readonly api?: 'rest' | 'http' | undefined;
  readonly maxInstances: number;
  /** Requests per second that the gateway allows; undefined: any number. */
  readonly requestsPerSecond?: number | undefined;
  /** Of each caller, in each instance of the function; undefined: none. */
  readonly callerLimit?: CallerLimitSettings | undefined;
  /** Whether the gateway plays the web ACL of that limit. */
  readonly hasWebAcl?: boolean;
  readonly providers: LocalProviders;
  /** Where the bundles go. */
  readonly directory: string;
  /** Use this Secrets Manager instead of the local one. */
  readonly secretsManagerUrl?: string | undefined;
  /** `memory` unless given: each instance obtains its own tokens. */
  readonly tokenStore?: 'memory' | 'dynamodb';
  /** With `dynamodb`: use this DynamoDB instead of an embedded one. */
  readonly dynamoDbUrl?: string | undefined;
  /** Is told what does not keep the stack from starting. */
  readonly onWarning?: (warning: string) => void;
  readonly onAnswered: (answered: Answered) => void;
  /** Receives each line of the vending function's log. */
  readonly onFunctionLine: (line: string) => void;
  /** Receives each line of the rotation function's log. */
  readonly onRotationLine: (line: string) => void;
}

/** What `.local/stack.json` says. */
export interface StackDescription {
  /** The API's URL with its stage, as the deployed stack's output has it. */
  readonly endpoint: string;
  /** The same without the stage. */
  readonly origin: string;
  readonly region: string;
  readonly pid: number;
  readonly callers: Readonly<Record<string, Caller>>;
  readonly secretsManager: string;
  /** Where Lambda's Invoke is answered, for the rotation function; absent where another Secrets Manager is used. */
  readonly lambda?: { readonly endpoint: string; readonly vendingFunctionArn: string };
  /** Only where instances share tokens. */
  readonly tokenStore?: TokenStore;
  readonly providers: Readonly<Record<string, ProviderSettings>>;
}

export interface Stack {
  readonly description: StackDescription;
  readonly instances: InstancePool;
  /** Runs the rotation function. */
  readonly rotations: InstancePool;
  close(): Promise<void>;
}

type Closer = () => Promise<void>;

/** Starts every part on loopback. Closing the stack closes all of them, the providers' servers included. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const closers = [options.providers.close];
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((closePart) => closePart()));
  };
  try {
    return { ...(await startParts(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(options: StackOptions, closers: Closer[]): Promise<Omit<Stack, 'close'>> {
  const callers = createCallers(Object.keys(options.providers.byName));
  const instances = new InstancePool(async () => startInstance((await preparation).vend), options.maxInstances);
  const rotations = new InstancePool(async () => startInstance((await preparation).rotate), 1);
  closers.push(
    () => instances.close(),
    () => rotations.close(),
  );
  // The gateway comes first, so that a port in use is found before any file is touched; its requests wait for the rest.
  const { port, api, requestsPerSecond, callerLimit, hasWebAcl, onAnswered } = options;
  const webAcl = hasWebAcl === true && callerLimit !== undefined ? new WebAcl(callerLimit, Date.now) : undefined;
  const gateway = await startGateway({ port, api, callers, instances, webAcl, requestsPerSecond, onAnswered });
  closers.push(gateway.close);
  const preparation = prepareFunctions(options, closers, rotations, callers);
  const { secretsManagerUrl, providers, tokenStore } = await preparation;
  const description = {
    endpoint: `${gateway.url}/${stage}`,
    origin: gateway.url,
    region,
    pid: process.pid,
    callers,
    secretsManager: secretsManagerUrl,
    // Another Secrets Manager does not answer for Lambda.
    ...(options.secretsManagerUrl === undefined && {
      lambda: { endpoint: secretsManagerUrl, vendingFunctionArn: functionArn('vend') },
    }),
    ...(tokenStore && { tokenStore }),
    providers,
  };
  return { description, instances, rotations };
}

interface Preparation {
  readonly secretsManagerUrl: string;
  readonly tokenStore: TokenStore | undefined;
  readonly providers: StackDescription['providers'];
  readonly vend: FunctionSettings;
  readonly rotate: FunctionSettings;
}

/** What the functions need before they can start: their code, their settings and the secrets that they name. */
async function prepareFunctions(
  options: StackOptions,
  closers: Closer[],
  rotations: Pick<InstancePool, 'invoke'>,
  callers: StackDescription['callers'],
): Promise<Preparation> {
  const rotationFunction = { arn: functionArn('rotate'), invoke: (event: unknown) => rotations.invoke(event) };
  const secretsManagerUrl =
    options.secretsManagerUrl ?? (await startOwnSecretsManager(closers, rotationFunction, callers));
  const role = functionRole();
  // Another Secrets Manager cannot call a function of this stack.
  const rotationFunctionArn = options.secretsManagerUrl === undefined ? rotationFunction.arn : undefined;
  await fillSecrets(secretsManagerUrl, role, options.providers.byName, rotationFunctionArn);
  const tokenStore = options.tokenStore === 'dynamodb' ? await startStore(options, closers, role) : undefined;
  const providers = settingsByName(options.providers.byName);
  const hasTokenStore = tokenStore !== undefined;
  const { bootstrapFile, vendDirectory, rotateDirectory } = await bundleAll(options.directory, hasTokenStore);
  const settings = { providers, ...(options.callerLimit && { callerLimit: options.callerLimit }) };
  writeSettings(vendDirectory, { ...settings, ...(tokenStore && { tokenStore: { table: tokenStore.table } }) });
  writeSettings(rotateDirectory, settings);
  const environment = {
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    ...(role.sessionToken !== undefined && { AWS_SESSION_TOKEN: role.sessionToken }),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl,
    ...(tokenStore && { AWS_ENDPOINT_URL_DYNAMODB: tokenStore.endpoint }),
  };
  const common = { bootstrapFile, environment };
  return {
    secretsManagerUrl,
    tokenStore,
    providers,
    vend: createFunctionSettings('vend', { ...common, codeDirectory: vendDirectory, onLine: options.onFunctionLine }),
    rotate: createFunctionSettings('rotate', {
      ...common,
      codeDirectory: rotateDirectory,
      onLine: options.onRotationLine,
    }),
  };
}

async function startOwnSecretsManager(
  closers: Closer[],
  rotationFunction: RotationFunction,
  callers: StackDescription['callers'],
): Promise<string> {
  const server = await startSecretsManager(new SecretStore(Date.now, rotationFunction), Object.values(callers));
  closers.push(server.close);
  return server.url;
}

async function startStore(
  { dynamoDbUrl, onWarning = () => {} }: StackOptions,
  closers: Closer[],
  credentials: ReturnType<typeof functionRole>,
): Promise<TokenStore> {
  const { tokenStore, close } = await startTokenStore({ url: dynamoDbUrl, credentials, onWarning });
  closers.push(close);
  return tokenStore;
}
