import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFunction } from '../../infra/bundling.ts';
import { bundleFile } from '../../local/lambda/bundles.ts';

/** What we measure side by side: the deployed function, what one might use instead, and handlers that do nothing. */
export const contestants = {
  vend: 'this service',
  'vend-shared': 'this service with a token store',
  naive: '@middy/secrets-manager, fetch and a Map',
  powertools: 'Powertools parameters, fetch and a Map',
  'powertools-logger': 'Powertools parameters and Logger, fetch and a Map',
  'prove-sdk': "Prove SDK's hook",
  oauth4webapi: 'AWS SDK, oauth4webapi and a Map',
  floor: 'floor: hand-written node:crypto and node:https',
  bare: 'handler that does nothing',
  'bare-middy': 'bare middy handler',
  'bare-middy-log': 'bare middy handler that writes one short log line',
  'bare-sdk': 'handler that only reads the secret, with the AWS SDK',
} as const;

export type ContestantName = keyof typeof contestants;

/** What one might use instead of this service. */
export const peers = ['naive', 'powertools', 'prove-sdk', 'oauth4webapi'] as const satisfies readonly ContestantName[];

/** For a table in which our rows have to stand out. */
export function titleOf(name: ContestantName): string {
  return isOwn(name) ? `**${contestants[name]}**` : contestants[name];
}

export function isOwn(name: ContestantName): name is 'vend' | 'vend-shared' {
  return name === 'vend' || name === 'vend-shared';
}

export interface Bundle {
  /** Its handler is `index.handler`, as in Lambda. */
  readonly codeDirectory: string;
  readonly file: string;
  /** Of all files in the folder, not compressed. */
  readonly bytes: number;
}

/** Bundles each into a folder of its own, with the settings that the deployed function is bundled with. */
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
  if (isOwn(name)) await bundleFunction(name === 'vend' ? 'vend' : 'vend-with-token-store', codeDirectory);
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
