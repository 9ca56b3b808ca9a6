import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');

async function listMarkdown(): Promise<string[]> {
  const top = (await readdir(root)).filter((name) => name.endsWith('.md'));
  const docs = await readdir(join(root, 'docs'), { recursive: true });
  return [...top, ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
}

/** What a page links to within the repository, and the files it names in backticks. */
function namedFiles(page: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => join(dirname(page), target));
  const files = [...text.matchAll(/`((?:functions|infra|local|test|bench|docs|operator)\/[\w./-]+)`/g)].map(
    ([, file = '']) => file,
  );
  return [...links, ...files];
}

describe.each(await listMarkdown())('%s', (page) => {
  test('names no file that is not there', async () => {
    const missing: string[] = [];
    for (const file of namedFiles(page, await readFile(join(root, page), 'utf8'))) {
      await access(join(root, file)).catch(() => missing.push(file));
    }
    expect(missing).toEqual([]);
  });
});
