import { access, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Page, readPages, root } from './pages.ts';

const pages = await readPages();
const folders = ['bench', 'clients', 'docs', 'functions', 'infra', 'local', 'operator', 'test', 'toolchain'];
const sourceNames = new Set(await listNames());

async function listNames(): Promise<string[]> {
  const lists = await Promise.all(
    folders.map((folder) => readdir(join(root, folder), { recursive: true }).catch(() => [])),
  );
  return lists
    .flat()
    .filter((name) => !name.includes('node_modules'))
    .map((name) => basename(name));
}

interface Link {
  /** From the repository root. */
  readonly file: string;
  /** The heading's anchor; empty where the link has none. */
  readonly anchor: string;
}

function linksOf({ path, text }: Page): Link[] {
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#]*)#?([^)]*)\)/g)].map(([, file = '', anchor = '']) => ({
    file: file === '' ? path : join(dirname(path), file),
    anchor,
  }));
}

/** Paths and bare file names in backticks, such as `functions/vend/vend.ts` and `token-cache.ts`. */
function filesIn({ text }: Page): { paths: string[]; names: string[] } {
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, file = '']) => file);
  return {
    paths: all(new RegExp(`\`((?:${folders.join('|')})/[\\w./-]+)\``, 'g')),
    names: all(/`([\w-]+\.(?:test\.|e2e\.)?[jt]s)`/g),
  };
}

/** As GitHub makes anchors of headings. */
function anchorsOf({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(pages.map((page) => ({ ...page, page })))('$path', ({ page }) => {
  test('names only files that exist', async () => {
    const { paths, names } = filesIn(page);
    const missing = names.filter((name) => !sourceNames.has(name));
    for (const file of [...linksOf(page).map((link) => link.file), ...paths]) {
      await access(join(root, file)).catch(() => missing.push(file));
    }
    expect(missing).toEqual([]);
  });

  test('links only to headings that exist', () => {
    const missing = linksOf(page).filter(({ file, anchor }) => {
      const target = pages.find(({ path }) => path === file);
      return anchor !== '' && target !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(missing).toEqual([]);
  });
});
