import { readFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { TokenError } from '../../functions/shared/runtime/errors.ts';
import { type CredentialsKind, parseClientCredentials } from '../../functions/shared/secrets/client-credentials.ts';
import { OperatorError } from '../operator-error.ts';

/**
 * Reads the new secret's content from a file, stdin or a prompt that does not show what is typed.
 *
 * @throws OperatorError if it does not hold client credentials
 */
export async function readNewCredentials(file: string | undefined, kind: CredentialsKind): Promise<string> {
  const content = await readContent(file, kind);
  try {
    parseClientCredentials('new', 'new', content, kind);
    return content;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const { reason, details } = error;
    throw new OperatorError(
      `The new credentials cannot be used (${[reason, details['missingField']].filter(Boolean).join(': ')}). Nothing has changed.`,
    );
  }
}

async function readContent(file: string | undefined, kind: CredentialsKind): Promise<string> {
  if (file !== undefined && file !== '-') {
    return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new OperatorError(`The file cannot be read (${error.code}).`);
    });
  }
  if (file === '-' || process.stdin.isTTY !== true) return text(process.stdin);
  if (kind === 'key') {
    throw new OperatorError('This provider takes a private key: give it by --file or stdin, as JSON.');
  }
  return promptForCredentials(process.stdin, process.stderr);
}

/** Asks for id and secret. Both can be pasted at once, one per line. */
export async function promptForCredentials(input: NodeJS.ReadableStream, output: Writable): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true });
  const next = createLineQueue(lines);
  try {
    output.write('New client id (hidden): ');
    const clientId = await next();
    output.write('\nNew client secret (hidden): ');
    const clientSecret = await next();
    return JSON.stringify({ client_id: clientId, client_secret: clientSecret });
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
