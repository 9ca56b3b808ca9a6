import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { StackDescription } from './stack.ts';

/** Writes what runs where, with the local callers' keys: readable by its owner only, and never seen half written. */
export async function writeStackFile(path: string, description: StackDescription): Promise<void> {
  const draft = `${path}.${description.pid}`;
  await writeFile(draft, `${JSON.stringify(description, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** Removes the file unless it describes the stack of another process, started since. */
export async function removeStackFile(path: string, pid: number): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  if ((JSON.parse(text) as Partial<StackDescription>).pid === pid) await rm(path, { force: true });
}
