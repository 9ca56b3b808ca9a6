import { rm, writeFile } from 'node:fs/promises';
import type { StackDescription } from './stack.ts';

/** Writes what runs where, with the local callers' keys: readable by its owner only. */
export async function writeStackFile(path: string, description: StackDescription): Promise<void> {
  // The mode counts only for a file that is new.
  await rm(path, { force: true });
  await writeFile(path, `${JSON.stringify(description, undefined, 2)}\n`, { mode: 0o600 });
}
