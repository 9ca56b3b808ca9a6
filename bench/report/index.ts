import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedDirectory, resultsDirectory } from '../results.ts';
import { replaceBlock } from './generated-block.ts';
import { headline } from './headline.ts';
import { plot } from './plot.ts';
import { type Published, readPublished } from './published.ts';
import { summarize } from './summary.ts';

const root = join(import.meta.dirname, '../..');

/**
 * Makes a summary (`benchmarks.md`) and a plot (`benchmarks.svg`) of what the other parts have written. Where that lies in
 * `bench/results`, `docs/benchmarks.md` and the README show it, too.
 */
export async function runReport(args: readonly string[]): Promise<void> {
  parseArgs({ args: [...args], options: {} });
  const published = await readPublished(resultsDirectory);
  const summary = summarize(published, 'benchmarks.svg');
  await writeFile(join(resultsDirectory, 'benchmarks.md'), `${summary}\n`);
  await writeFile(join(resultsDirectory, 'benchmarks.svg'), plot(published));
  if (resultsDirectory === publishedDirectory) await updatePages(published);
  process.stdout.write(`\n${summary}\n`);
}

/** Each page that shows results → the Markdown that it shows. */
export const pages: Readonly<Record<string, (published: Published) => string>> = {
  'README.md': headline,
  'docs/benchmarks.md': (published) => summarize(published, '../bench/results/benchmarks.svg'),
};

async function updatePages(published: Published): Promise<void> {
  for (const [page, format] of Object.entries(pages)) {
    const file = join(root, page);
    await writeFile(file, replaceBlock(await readFile(file, 'utf8'), format(published)));
  }
}
