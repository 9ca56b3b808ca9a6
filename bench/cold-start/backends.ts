import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contestantEnvironment } from '../backends/contestant-environment.ts';
import { nextMessage } from '../child-process.ts';
import type { BackendAddresses } from './backends-process.ts';
import type { Mode } from './rounds.ts';

export interface Backends {
  /** Environment variables that point a function at them; its settings file goes into the folder. */
  environmentIn(taskRoot: string, mode: Mode, hasTokenStore: boolean): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** @param directory takes the certificate of the authority that the functions have to trust */
export async function startBackends(directory: string, roundTripMs: number): Promise<Backends> {
  const child = fork(join(import.meta.dirname, 'backends-process.ts'), [String(roundTripMs)]);
  const ended = once(child, 'exit');
  const { authority, ...addresses } = await nextMessage<BackendAddresses>(child, 'The process of the backends');
  const authorityFile = join(directory, 'authority.pem');
  await writeFile(authorityFile, authority);
  return {
    environmentIn: (taskRoot, mode, hasTokenStore) => ({
      ...contestantEnvironment(
        hasTokenStore ? addresses[mode] : { ...addresses[mode], tokenStore: undefined },
        taskRoot,
      ),
      ...(mode === 'network' && { NODE_EXTRA_CA_CERTS: authorityFile }),
    }),
    async close() {
      child.disconnect();
      await ended;
    },
  };
}
