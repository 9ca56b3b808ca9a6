import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction, writeSettings } from '../../infra/bundling.ts';
import { bundleFile } from '../../local/lambda/bundles.ts';
import { secretId } from './bench-secret.ts';

/** What is measured beside each other: the deployed function, what one might use instead, and handlers that do nothing. */
export const contestants = {
  vend: 'this service',
  naive: '@middy/secrets-manager, fetch and a Map',
  powertools: 'Powertools parameters, fetch and a Map',
  'prove-sdk': "Prove SDK's hook",
  oauth4webapi: 'AWS SDK, oauth4webapi and a Map',
  floor: 'floor: node:crypto and node:https by hand',
  bare: 'handler that does nothing',
  'bare-middy': 'bare middy handler',
  'bare-middy-log': 'bare middy handler that writes one log line',
  'bare-sdk': 'handler that reads the secret with the AWS SDK',
} as const;

export type ContestantName = keyof typeof contestants;

/** What one might use instead of this service. */
export const peers = ['naive', 'powertools', 'prove-sdk', 'oauth4webapi'] as const satisfies readonly ContestantName[];

export interface Bundle {
  /** Its handler is `index.handler`, as in Lambda. */
  readonly codeDirectory: string;
  readonly file: string;
  /** Of all files in the folder, unpacked. */
  readonly bytes: number;
}

/** Bundles them with the settings that the deployed function is bundled with, a folder each. */
export async function bundleContestants<Name extends ContestantName>(
  directory: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, Bundle>>> {
  const bundles = await Promise.all(names.map((name) => bundleContestant(directory, name)));
  return Object.fromEntries(names.map((name, index) => [name, bundles[index]])) as Record<Name, Bundle>;
}

async function bundleContestant(directory: string, name: ContestantName): Promise<Bundle> {
  const codeDirectory = join(directory, name);
  const file = join(codeDirectory, 'index.js');
  if (name === 'vend') await bundleFunction('vend', codeDirectory);
  else {
    await mkdir(codeDirectory, { recursive: true });
    await writeFile(join(codeDirectory, 'package.json'), '{"type":"commonjs"}\n');
    await bundleFile(join(import.meta.dirname, `${name}.ts`), file);
  }
  return { codeDirectory, file, bytes: await sizeOf(codeDirectory) };
}

async function sizeOf(directory: string): Promise<number> {
  const files = await readdir(directory);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export interface ContestantBackends {
  readonly tokenUrl: string;
  readonly secretsManagerUrl: string;
}

/** This service's settings file. */
export function writeVendSettings(directory: string, tokenUrl: string): void {
  writeSettings(directory, { providers: { prove: { tokenUrl, secretId, dialect: 'prove' } } });
}

let settingsRoot: string | undefined;
let settingsFolders = 0;

/** @returns a folder that is gone when this process ends */
function createSettingsFolder(): string {
  if (settingsRoot === undefined) {
    const root = mkdtempSync(join(tmpdir(), 'token-vending-bench-'));
    process.once('exit', () => rmSync(root, { recursive: true }));
    settingsRoot = root;
  }
  settingsFolders += 1;
  const folder = join(settingsRoot, String(settingsFolders));
  mkdirSync(folder);
  return folder;
}

/** The environment variables that any of them reads. Copies of one bundle differ in them, so each gets its own settings file. */
export function contestantEnvironment({ tokenUrl, secretsManagerUrl }: ContestantBackends): Record<string, string> {
  const settingsFolder = createSettingsFolder();
  writeVendSettings(settingsFolder, tokenUrl);
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl,
    LAMBDA_TASK_ROOT: settingsFolder,
    TOKEN_URL: tokenUrl,
    SECRET_ID: secretId,
  };
}
