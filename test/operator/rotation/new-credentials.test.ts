import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { promptForCredentials } from '../../../operator/rotation/new-credentials.ts';

const typed = '{"client_id":"the id","client_secret":"canary secret"}';

/** @param chunks what a terminal sends, one after the other */
async function type(...chunks: readonly string[]): Promise<{ content: unknown; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const content = promptForCredentials(input, output).catch((error: Error) => error.message);
  for (const chunk of chunks) {
    input.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  input.end();
  return { content: await content, shown: await text(output.end()) };
}

describe('the prompt takes id and secret', () => {
  test.each([
    ['one after the other', ['the id\r', 'canary secret\r']],
    ['pasted in one go', ['the id\r\ncanary secret\r\n']],
    ['pasted in one go, as lines of Unix', ['the id\ncanary secret\n']],
    ['pasted in one go, the last one without Enter', ['the id\rcanary secret', '\r']],
    ['with spaces around them', [' the id \r', '\tcanary secret \r']],
  ])('%s', async (_case, chunks) => {
    expect((await type(...chunks)).content).toBe(typed);
  });
});

test('it asks for one after the other and does not show what is typed', async () => {
  const { shown } = await type('the id\rcanary secret\r');
  expect(shown).toBe('New client id (hidden): \nNew client secret (hidden): \n');
});

test.each([[['the id\r']], [[]], [['the id\r', '\x03']]])(
  'it says when the input ends too early: %j',
  async (chunks) => {
    expect((await type(...chunks)).content).toBe('Nothing was typed. Nothing has changed.');
  },
);
