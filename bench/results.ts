import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import packageJson from './package.json' with { type: 'json' };

/** What one part measured, with everything needed to measure it again. */
export interface Results<Settings, Figures> {
  /** ISO 8601. */
  readonly at: string;
  readonly node: string;
  readonly machine: { readonly cores: number; readonly architecture: string; readonly platform: string };
  /** Versions of the packages that we compare with. */
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly figures: Figures;
}

export const publishedDirectory = join(import.meta.dirname, 'results');

/** Where results go: the folder named by `BENCH_RESULTS`, or else the published ones. */
export const resultsDirectory = process.env['BENCH_RESULTS'] ?? publishedDirectory;

/** Writes `{part}.json`. */
export async function writeResults<Settings, Figures>(
  part: string,
  settings: Settings,
  figures: Figures,
): Promise<Results<Settings, Figures>> {
  const results: Results<Settings, Figures> = {
    at: new Date().toISOString(),
    node: process.version,
    machine: { cores: availableParallelism(), architecture: process.arch, platform: process.platform },
    versions: packageJson.dependencies,
    settings,
    figures,
  };
  await mkdir(resultsDirectory, { recursive: true });
  await writeFile(join(resultsDirectory, `${part}.json`), `${JSON.stringify(results, undefined, 2)}\n`);
  return results;
}

/** @throws Error when the part has not been run yet */
export async function readResults<Read extends Results<unknown, unknown>>(
  directory: string,
  part: string,
): Promise<Read> {
  return JSON.parse(await readFile(join(directory, `${part}.json`), 'utf8'));
}
