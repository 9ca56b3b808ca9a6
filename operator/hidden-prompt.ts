import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { OperatorError } from './operator-error.ts';

/**
 * Asks questions one after the other and does not show what is typed. All answers can be pasted at once, one per line.
 *
 * @throws OperatorError if the input ends too early
 */
export async function askHidden(
  questions: readonly string[],
  input: NodeJS.ReadableStream,
  output: Writable,
): Promise<readonly string[]> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true });
  const next = createLineQueue(lines);
  const answers: string[] = [];
  try {
    for (const question of questions) {
      output.write(`${answers.length === 0 ? '' : '\n'}${question} (hidden): `);
      answers.push(await next());
    }
    return answers;
  } finally {
    output.write('\n');
    lines.close();
  }
}

/** Keeps lines that arrive early. @returns a function that waits for the next line */
function createLineQueue(lines: Interface): () => Promise<string> {
  const iterator = lines[Symbol.asyncIterator]();
  return async function nextLine() {
    const { value, done } = await iterator.next();
    if (done === true) throw new OperatorError('Nothing was typed. Nothing has changed.');
    return value.trim();
  };
}
