import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = readFileSync(join(import.meta.dirname, '../../../docs/callers.md'), 'utf8');

/**
 * A language's program in `docs/callers.md`.
 *
 * @param apiUrl takes the place of Prove's API
 */
export function readProgram(language: string, apiUrl: string): string {
  const program = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1];
  if (program === undefined) throw new Error(`docs/callers.md has no program in ${language}`);
  return program.replaceAll('https://platform.uat.proveapis.com', apiUrl);
}
