import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs one of the operator's commands, as npm runs it. */
export async function runOperator(
  command: 'trace' | 'revoke',
  args: readonly string[],
  stdin = '',
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const tool = join(import.meta.dirname, `../../operator/${command}.ts`);
  const env = { ...process.env, ...options.env };
  const child = spawn(process.execPath, [tool, ...args], { ...options, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  // It may end without having read it.
  child.stdin.on('error', () => undefined).end(stdin);
  const [code] = await once(child, 'close');
  return { code, output };
}
