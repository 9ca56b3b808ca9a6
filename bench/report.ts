import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plot } from './report/plot.ts';
import { readPublished } from './report/published.ts';
import { replaceBlock } from './report/readme-block.ts';
import { summarize } from './report/summary.ts';
import { resultsDirectory } from './results.ts';

const readme = join(import.meta.dirname, '..', 'README.md');

/**
 * Makes a summary (`benchmarks.md`) and a plot (`benchmarks.svg`) of what the other parts have written.
 *
 * - `--readme`: puts the summary into the README, too.
 */
export async function runReport(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { readme: { type: 'boolean', default: false } } });
  const published = await readPublished(resultsDirectory);
  const summary = summarize(published);
  await writeFile(join(resultsDirectory, 'benchmarks.md'), `${summary}\n`);
  await writeFile(join(resultsDirectory, 'benchmarks.svg'), plot(published));
  if (values.readme) await writeFile(readme, replaceBlock(await readFile(readme, 'utf8'), summary));
  process.stdout.write(`\n${summary}\n`);
}
