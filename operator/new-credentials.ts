import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { TokenError } from '../functions/shared/runtime/errors.ts';
import { type CredentialsKind, parseClientCredentials } from '../functions/shared/secrets/client-credentials.ts';
import { OperatorError } from './operator-error.ts';

/**
 * The content of the secret to be: from a file, stdin or a prompt that shows nothing of what is typed.
 *
 * @throws OperatorError where it is no client credentials
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
  if (kind === 'key')
    throw new OperatorError('This provider takes a private key: give it by --file or stdin, as JSON.');
  const clientId = await promptHidden('New client id (hidden): ');
  const clientSecret = await promptHidden('New client secret (hidden): ');
  return JSON.stringify({ client_id: clientId, client_secret: clientSecret });
}

async function promptHidden(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', (line) => resolve(line.trim()));
      lines.once('close', () => reject(new OperatorError('\nNothing was typed. Nothing has changed.')));
    });
  } finally {
    process.stderr.write('\n');
    lines.close();
  }
}
