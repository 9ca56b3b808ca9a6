import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './options.ts';
import type { StackDescription } from './stack.ts';

/**
 * Two stacks in one folder would overwrite each other's `stack.json`. A file that a killed stack has left behind does not
 * count.
 *
 * @param port that the new gateway will use; if the other stack has it, the error is about the port instead
 * @throws UsageError where a stack is running
 */
export async function assertNoOtherStack(path: string, port?: number): Promise<void> {
  const other = await readStackFile(path);
  if (other === undefined || new URL(other.origin).port === String(port) || !(await isRunning(other))) return;
  throw new UsageError(
    `A local stack is already running in ${dirname(path)} (${other.endpoint}, process ${other.pid}). ` +
      'Stop it, or give this one its own folder with: npm start -- --port N --dir DIR',
  );
}

/**
 * Writes what runs where, with the local callers' keys: readable by its owner only, and never visible half written.
 *
 * @throws UsageError if another stack was faster
 */
export async function writeStackFile(path: string, description: StackDescription): Promise<void> {
  const draft = `${path}.${description.pid}`;
  await writeFile(draft, `${JSON.stringify(description, undefined, 2)}\n`, { mode: 0o600 });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await assertNoOtherStack(path);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes the file unless it describes the stack of another process. */
export async function removeStackFile(path: string, pid: number): Promise<void> {
  if ((await readStackFile(path))?.pid === pid) await rm(path, { force: true });
}

type StackAddress = Pick<StackDescription, 'endpoint' | 'origin' | 'pid'>;

/** @returns undefined where there is no such file, or none of ours */
async function readStackFile(path: string): Promise<StackAddress | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const { endpoint, origin, pid } = parseJson(text);
  if (endpoint === undefined || origin === undefined || pid === undefined || !URL.canParse(origin)) return undefined;
  return { endpoint, origin, pid };
}

function parseJson(text: string): Partial<StackDescription> {
  try {
    return JSON.parse(text) as Partial<StackDescription>;
  } catch {
    return {};
  }
}

/** Asks for the process and the server, because by now either may be another's. */
async function isRunning({ pid, origin }: StackAddress): Promise<boolean> {
  return (
    isProcess(pid) &&
    fetch(origin, { signal: AbortSignal.timeout(2_000) }).then(
      () => true,
      () => false,
    )
  );
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
