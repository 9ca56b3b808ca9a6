import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** @throws Error when the process ends before it sends anything */
export function nextMessage<Message>(child: ChildProcess, title: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`${title} ended with ${code} before it answered.`));
    child.once('error', reject).once('exit', onExit);
    child.once('message', (message) => {
      child.off('error', reject).off('exit', onExit);
      resolve(message as Message);
    });
  });
}

/** The last message that a process sends, once the process has ended. @throws Error when it sends none */
export async function lastMessage<Message>(child: ChildProcess, title: string): Promise<Message> {
  let last: { readonly message: unknown } | undefined;
  child.on('message', (message) => {
    last = { message };
  });
  const [code] = await once(child, 'close');
  if (last === undefined) throw new Error(`${title} ended with ${code} before it answered.`);
  return last.message as Message;
}

/** Resident set of a process, KiB; undefined where the system does not say (only Linux does). */
export async function readRssKb(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const size = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return size === undefined ? undefined : Number(size);
}
