import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { type CodeBlock, parseBlocks, readPages, root } from './pages.ts';

// Blocks marked `sh` are run by `commands.test.ts`. Commands that need more than a test has, such as an AWS account, are
// marked `console`. A comment above them, and above code, names the test that covers them: <!-- covered by test/… -->.

const pages = await readPages();
const blocks = pages.flatMap((page) => page.blocks);
const runHere = ['sh'];
const covered = ['console', 'ts', 'js', 'python', 'go', 'java'];
const shown = ['', 'json', 'mermaid', 'yaml', 'xml'];

test.each(blocks)('$place has a known language', ({ language }) => {
  expect([...runHere, ...covered, ...shown]).toContain(language);
});

test.each(blocks.filter(({ language }) => language === 'json'))('$place is JSON', ({ text }) => {
  expect(JSON.parse(text)).toBeDefined();
});

test.each(blocks.filter(({ language }) => covered.includes(language)))(
  '$place names the test that covers it',
  async (block) => {
    expect(await missingFrom(block)).toEqual([]);
  },
);

/** @returns the block's commands that the test it names does not mention */
async function missingFrom({ note, language, text }: CodeBlock): Promise<string[]> {
  const [, file = ''] = /^covered by (test\/[\w./-]+)$/.exec(note) ?? [];
  if (file === '') return ['a comment above it, such as <!-- covered by test/e2e/deployment.e2e.ts -->'];
  await access(join(root, file));
  const test = await readFile(join(root, file), 'utf8');
  const operations = language === 'console' ? operationsOf(text) : [];
  return operations.filter((operation) => !test.includes(operation));
}

/**
 * What each command does, as a test would name it: `'deploy'` for `npx cdk deploy …`. AWS CLI commands are left out, because
 * `test/e2e/aws-commands.e2e.ts` checks them all.
 */
function operationsOf(session: string): string[] {
  const commands = session.matchAll(/^\$ (?:[^|\n]*\| )?(\S+) ?(\S*) ?(\S*)/gm);
  return [...commands].flatMap(([, program = '', first = '', second = '']) => {
    if (program === 'aws') return [];
    return program === 'npx' || (program === 'npm' && first === 'run') ? `'${second}'` : program;
  });
}

describe('every `npm run` in a page', () => {
  const commands = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/npm run (?:--silent )?([\w:]+)(?: --((?: [^`\n|]+)?))?/g)].map(
      ([whole, script = '', args = '']) => ({ path, whole, script, args }),
    ),
  );

  test.each(commands)('is a script: $whole ($path)', ({ script }) => {
    expect(Object.keys(packageJson.scripts)).toContain(script);
  });

  const optionsOf = (args: string): string[] => args.match(/--[\w-]+/g) ?? [];
  const withHelp = /^(?:exec )?node toolchain\/node\.js ((?:operator|local)\/[\w-]+\.ts)$/;
  const byScript = Object.entries(packageJson.scripts).flatMap(([script, text]) => {
    const [, file] = withHelp.exec(text) ?? [];
    const used = commands.filter((command) => command.script === script).flatMap(({ args }) => optionsOf(args));
    return file === undefined || used.length === 0 ? [] : [{ script, file, used }];
  });

  test.each(byScript)('uses only options that the help of $script lists', async ({ file, used }) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, file), '--help']);
    expect(optionsOf(stdout)).toEqual(expect.arrayContaining(used));
  });
});

describe('the check', () => {
  const page = (note: string, command: string) =>
    parseBlocks('page.md', `# Page\n\n${note}\`\`\`console\n$ ${command}\n\`\`\`\n`)[0] as CodeBlock;

  test('fails if a block names no test, or one that does not mention its command', async () => {
    expect(await missingFrom(page('', 'npx cdk ls'))).toEqual([expect.stringContaining('a comment above it')]);
    const note = '<!-- covered by test/docs/pages.ts -->\n';
    expect(await missingFrom(page(note, 'npx cdk destroy orders'))).toEqual(["'destroy'"]);
    expect(await missingFrom(page(note, 'cat secret | npm run trace'))).toEqual(["'trace'"]);
    expect(await missingFrom(page(note, 'readFile'))).toEqual([]);
  });

  test('fails if the test that a block names does not exist', async () => {
    await expect(missingFrom(page('<!-- covered by test/none.ts -->\n', 'ls'))).rejects.toThrow('ENOENT');
  });

  test('reads the line of a block, its note, and whether it follows another block', () => {
    const text = 'a\n<!-- exits 1 -->\n```sh\nls\n```\n\n```\nfile\n```\ntext\n```json\n{}\n```\n';
    expect(parseBlocks('page.md', text)).toEqual([
      { place: 'page.md:3', language: 'sh', text: 'ls\n', note: 'exits 1', followsBlock: false },
      { place: 'page.md:7', language: '', text: 'file\n', note: '', followsBlock: true },
      { place: 'page.md:11', language: 'json', text: '{}\n', note: '', followsBlock: false },
    ]);
  });
});
