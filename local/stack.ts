import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { environmentVariables } from '../functions/shared/environment-variables.ts';
import type { ProviderSettings } from '../functions/shared/provider-settings.ts';
import { bundleFunction, bundlerSettings } from '../infra/bundling.ts';
import { accountId, type Caller, createCallers, region } from './callers.ts';
import { fillSecrets } from './fill-secrets.ts';
import { type Answered, startGateway } from './gateway.ts';
import { createInstancePool, type InstancePool } from './lambda/instance-pool.ts';
import type { LoopbackServer } from './loopback-server.ts';
import { type LocalProviders, settingsByName } from './providers.ts';
import { startSecretsManager } from './secrets-manager.ts';

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

const functionName = 'token-vending-local-vend';
const functionTimeoutMs = 15_000;

/** Starts every part on loopback. Closing the stack closes all of them, the providers' servers included. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { providers } = options;
  const closers: (() => Promise<void>)[] = [providers.close];
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((closePart) => closePart()));
  };
  try {
    const secretsManagerUrl = options.secretsManagerUrl ?? (await startOwnSecretsManager(closers));
    const role = functionRole();
    await fillSecrets(secretsManagerUrl, role, providers.byName);
    const bundles = await bundleAll(options.directory);
    const settings = settingsByName(providers.byName);
    const instances = createInstancePool(
      {
        ...bundles,
        functionName,
        functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
        region,
        timeoutMs: functionTimeoutMs,
        environment: {
          AWS_ACCESS_KEY_ID: role.accessKeyId,
          AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl,
          [environmentVariables.providers]: JSON.stringify(settings),
        },
        onLine: options.onFunctionLine,
      },
      options.maxInstances,
    );
    closers.push(instances.close);
    const callers = createCallers();
    const gateway: LoopbackServer = await startGateway({
      port: options.port,
      callers,
      instances,
      onAnswered: options.onAnswered,
    });
    closers.push(gateway.close);
    const description = {
      endpoint: gateway.url,
      region,
      pid: process.pid,
      callers,
      secretsManager: secretsManagerUrl,
      providers: settings,
    };
    return { description, instances, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startOwnSecretsManager(closers: (() => Promise<void>)[]): Promise<string> {
  const server = await startSecretsManager();
  closers.push(server.close);
  return server.url;
}

/** The function's own identity. Somebody else's Secrets Manager may care whose it is. */
function functionRole(): { accessKeyId: string; secretAccessKey: string } {
  return {
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? accountId,
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'local',
  };
}

async function bundleAll(directory: string): Promise<{ codeDirectory: string; bootstrapFile: string }> {
  const codeDirectory = join(directory, 'vend');
  const bootstrapFile = join(directory, 'bootstrap.cjs');
  await mkdir(directory, { recursive: true });
  await Promise.all([
    bundleFunction('vend', codeDirectory),
    build({
      ...bundlerSettings,
      entryPoints: [join(import.meta.dirname, 'lambda/bootstrap.ts')],
      outfile: bootstrapFile,
    }),
  ]);
  return { codeDirectory, bootstrapFile };
}
