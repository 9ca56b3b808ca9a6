import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedDirectory, resultsDirectory } from '../results.ts';
import { formatHeadline } from './headline.ts';
import { formatPage } from './page.ts';
import { plot } from './plot.ts';
import { readPublished } from './published.ts';

const root = join(import.meta.dirname, '../..');

/**
 * Draws a plot of the results of all parts and writes the page about them. Results in `bench/results` go to
 * `docs/benchmarks.md` and the README, others to `benchmarks.md` beside them.
 */
export async function runReport(args: readonly string[]): Promise<void> {
  parseArgs({ args: [...args], options: {} });
  const published = await readPublished(resultsDirectory);
  const page = formatPage(published);
  await writeFile(join(resultsDirectory, 'benchmarks.svg'), plot(published));
  if (resultsDirectory === publishedDirectory) {
    await rewrite('docs/benchmarks.md', page);
    await rewrite('README.md', formatHeadline(published));
  } else await writeFile(join(resultsDirectory, 'benchmarks.md'), `${page}\n`);
  process.stdout.write(`\n${page}\n`);
}

async function rewrite(path: string, block: string): Promise<void> {
  const file = join(root, path);
  await writeFile(file, replaceBlock(await readFile(file, 'utf8'), block));
}

const start = '<!-- made by npm run bench -- report -->\n';
const end = '\n<!-- end of what is made -->';

/** Replaces what is between the two comments. @throws Error when the text has no such place */
export function replaceBlock(text: string, block: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error('The text has no place for the benchmarks.');
  return text.slice(0, from + start.length) + block + text.slice(to);
}
