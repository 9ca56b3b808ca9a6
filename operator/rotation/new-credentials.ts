import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { TokenError } from '../../functions/shared/runtime/errors.ts';
import { type CredentialsKind, parseClientCredentials } from '../../functions/shared/secrets/client-credentials.ts';
import { askHidden } from '../hidden-prompt.ts';
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
  const [client_id, client_secret] = await askHidden(['New client id', 'New client secret'], input, output);
  return JSON.stringify({ client_id, client_secret });
}
