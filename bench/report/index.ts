import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedDirectory, resultsDirectory } from '../results.ts';
import { plot } from './plot.ts';
import { readPublished } from './published.ts';
import { replaceBlock } from './readme-block.ts';
import { summarize } from './summary.ts';

const readme = join(import.meta.dirname, '../../README.md');

/**
 * Makes a summary (`benchmarks.md`) and a plot (`benchmarks.svg`) of what the other parts have written. Where that lies in
 * `bench/results`, the README shows it, too.
 */
export async function runReport(args: readonly string[]): Promise<void> {
  parseArgs({ args: [...args], options: {} });
  const published = await readPublished(resultsDirectory);
  const summary = summarize(published);
  await writeFile(join(resultsDirectory, 'benchmarks.md'), `${summary}\n`);
  await writeFile(join(resultsDirectory, 'benchmarks.svg'), plot(published));
  if (resultsDirectory === publishedDirectory)
    await writeFile(readme, replaceBlock(await readFile(readme, 'utf8'), summary));
  process.stdout.write(`\n${summary}\n`);
}
