import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createCheckout } from './checkout.ts';
import { type CodeBlock, readPages, root } from './pages.ts';

// A block marked `sh` is run here as it stands, page by page, in a checkout in which `npm start` runs. Where the next block has
// no language or is `json`, it is the output. `<!-- exits 1 -->` above a block says that its commands fail.

const pages = await readPages();
const installation = 'npm ci && ';
const isStart = ({ text }: CodeBlock): boolean => text.startsWith('npm start');
const testCommand = 'npm test\n';
const isRunHere = (block: CodeBlock): boolean => !isStart(block) && block.text !== testCommand;

/** Without the installation, which a test must not repeat; CI does it. */
function commandsOf(blocks: readonly CodeBlock[]): CodeBlock[] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .map((block) => ({ ...block, text: block.text.replace(installation, '') }));
}

/** What the page shows as the block's output. */
function outputOf({ place }: CodeBlock, blocks: readonly CodeBlock[]): CodeBlock | undefined {
  const next = blocks[blocks.findIndex((block) => block.place === place) + 1];
  return next?.followsBlock === true && ['', 'json'].includes(next.language) ? next : undefined;
}

/**
 * In a page `8a4f…` stands for any word, a line `…` for any lines, and a JSON object for any with the same fields and types.
 */
function expectOutput(output: string, { language, text }: CodeBlock): void {
  if (language === 'json') {
    const typesOf = (json: string) => Object.entries(JSON.parse(json)).map(([name, value]) => [name, typeof value]);
    expect(typesOf(output)).toEqual(typesOf(text));
  } else {
    const lines = (text: string) => text.split(/\w*…/).map(escapeRegExp).join('\\S+');
    const pattern = text.split(/^…$/m).map(lines).join('[^]*');
    expect(output).toMatch(new RegExp(`^${pattern}$`));
  }
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const commands = pages.flatMap(({ blocks }) => commandsOf(blocks));
const pagesToRun = pages
  .map(({ path, blocks }) => ({ path, blocks, toRun: commandsOf(blocks).filter(isRunHere) }))
  .filter(({ toRun }) => toRun.length > 0);

test.each(pagesToRun)(
  'the commands of $path do what it says',
  async ({ blocks, toRun }) => {
    const checkout = await createCheckout();
    try {
      await checkout.start('npm start');
      for (const block of toRun) {
        const { exitCode, output } = await checkout.run(block.text);
        const expectedCode = Number(/^exits (\d+)$/.exec(block.note)?.[1] ?? 0);
        expect({ place: block.place, exitCode, output }).toEqual({
          place: block.place,
          exitCode: expectedCode,
          output,
        });
        const shown = outputOf(block, blocks);
        if (shown !== undefined) expectOutput(output, shown);
      }
    } finally {
      await checkout.close();
    }
  },
  60_000,
);

test.each(commands.filter(isStart))('$place starts the stack', async ({ text }) => {
  const checkout = await createCheckout();
  try {
    await checkout.start(text);
  } finally {
    await checkout.close();
  }
});

test('the README starts with the two commands, and CI runs the second one', async () => {
  const readme = pages.find(({ path }) => path === 'README.md');
  const [start, , check] = readme?.blocks.filter(({ language }) => language === 'sh').map(({ text }) => text) ?? [];
  expect([start, check]).toEqual([`${installation}npm start\n`, `${installation}${testCommand}`]);
  expect(await readFile(join(root, '.ci/run'), 'utf8')).toContain(`\n${installation}${testCommand}`);
});
