import { readFile } from 'node:fs/promises';

/** The resident set of a process, KiB; undefined where the system does not tell: Linux does. */
export async function readRssKb(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const size = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return size === undefined ? undefined : Number(size);
}
