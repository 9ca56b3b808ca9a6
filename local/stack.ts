import { environmentVariables } from '../functions/shared/environment-variables.ts';
import type { ProviderSettings } from '../functions/shared/provider-settings.ts';
import { accountId, type Caller, createCallers, region } from './gateway/callers.ts';
import { type Answered, startGateway } from './gateway/gateway.ts';
import { bundleAll } from './lambda/bundles.ts';
import { type FunctionSettings, startInstance } from './lambda/instance.ts';
import { createInstancePool, type InstancePool } from './lambda/instance-pool.ts';
import { type LocalProviders, settingsByName } from './providers/providers.ts';
import { fillSecrets } from './secrets-manager/fill-secrets.ts';
import { startSecretsManager } from './secrets-manager/secrets-manager.ts';

export interface StackOptions {
  /** Of the gateway; 0 takes any free one. */
  readonly port: number;
  readonly maxInstances: number;
  readonly providers: LocalProviders;
  /** Where the bundles go. */
  readonly directory: string;
  /** Use this Secrets Manager instead of the local one. */
  readonly secretsManagerUrl?: string | undefined;
  readonly onAnswered: (answered: Answered) => void;
  /** Takes each line that the function writes: its log. */
  readonly onFunctionLine: (line: string) => void;
}

/** What `.local/stack.json` says. */
export interface StackDescription {
  readonly endpoint: string;
  readonly region: string;
  readonly pid: number;
  readonly callers: Readonly<Record<string, Caller>>;
  readonly secretsManager: string;
  readonly providers: Readonly<Record<string, ProviderSettings>>;
}

export interface Stack {
  readonly description: StackDescription;
  readonly instances: InstancePool;
  close(): Promise<void>;
}

type Closer = () => Promise<void>;

const functionName = 'token-vending-local-vend';
const functionTimeoutMs = 15_000;

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
  const callers = createCallers();
  const instances = createInstancePool(
    async () => startInstance((await preparation).functionSettings),
    options.maxInstances,
  );
  closers.push(instances.close);
  // The gateway comes first, so that a port in use is found before any file is touched; its requests wait for the rest.
  const { port, onAnswered } = options;
  const gateway = await startGateway({ port, callers, instances, onAnswered });
  closers.push(gateway.close);
  const preparation = prepareFunction(options, closers);
  const { secretsManagerUrl, providers } = await preparation;
  const description = {
    endpoint: gateway.url,
    region,
    pid: process.pid,
    callers,
    secretsManager: secretsManagerUrl,
    providers,
  };
  return { description, instances };
}

interface Preparation {
  readonly secretsManagerUrl: string;
  readonly providers: StackDescription['providers'];
  readonly functionSettings: FunctionSettings;
}

/** What an instance needs before it can start: its code, its settings and the secrets that they name. */
async function prepareFunction(options: StackOptions, closers: Closer[]): Promise<Preparation> {
  const secretsManagerUrl = options.secretsManagerUrl ?? (await startOwnSecretsManager(closers));
  const role = functionRole();
  await fillSecrets(secretsManagerUrl, role, options.providers.byName);
  const providers = settingsByName(options.providers.byName);
  const functionSettings = {
    ...(await bundleAll(options.directory)),
    functionName,
    functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
    region,
    timeoutMs: functionTimeoutMs,
    environment: {
      AWS_ACCESS_KEY_ID: role.accessKeyId,
      AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
      ...(role.sessionToken !== undefined && { AWS_SESSION_TOKEN: role.sessionToken }),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl,
      [environmentVariables.providers]: JSON.stringify(providers),
    },
    onLine: options.onFunctionLine,
  };
  return { secretsManagerUrl, providers, functionSettings };
}

async function startOwnSecretsManager(closers: Closer[]): Promise<string> {
  const server = await startSecretsManager();
  closers.push(server.close);
  return server.url;
}

interface Role {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The function's own identity. Somebody else's Secrets Manager may care whose it is. */
function functionRole(): Role {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) return { accessKeyId: accountId, secretAccessKey: 'local' };
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
