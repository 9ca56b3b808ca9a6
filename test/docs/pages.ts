import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** A page of the documentation. */
export interface Page {
  /** Path from the repository root, such as `docs/callers.md`. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
}

/** A fenced block of a page. */
export interface CodeBlock {
  /** Page and line, such as `docs/callers.md:12`. */
  readonly place: string;
  /** Such as `sh`; empty where the fence names none. */
  readonly language: string;
  readonly text: string;
  /** The comment on the line above the fence, such as `<!-- exits 1 -->`, without its marks; empty where there is none. */
  readonly note: string;
  /** Whether nothing but blank lines stands between this block and the one before it. */
  readonly followsBlock: boolean;
}

/** All Markdown pages: those of the root folder and of `docs`. */
export async function readPages(): Promise<readonly Page[]> {
  const top = (await readdir(root)).filter((name) => name.endsWith('.md'));
  const docs = await readdir(join(root, 'docs'), { recursive: true });
  const paths = [...top, ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
  return Promise.all(
    paths.sort().map(async (path) => {
      const text = await readFile(join(root, path), 'utf8');
      return { path, text, blocks: parseBlocks(path, text) };
    }),
  );
}

export function parseBlocks(path: string, text: string): CodeBlock[] {
  const fences = text.matchAll(/(?:^<!-- ([^\n]*?) -->\n)?^```(\w*)\n(.*?)^```$/gms);
  let end = -1;
  return [...fences].map((match) => {
    const [whole, note = '', language = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + (note === '' ? 0 : 1);
    const followsBlock = end !== -1 && text.slice(end, match.index).trim() === '';
    end = match.index + whole.length;
    return { place: `${path}:${line}`, language, text: code, note, followsBlock };
  });
}
