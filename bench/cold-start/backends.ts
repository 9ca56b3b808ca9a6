import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contestantEnvironment } from '../contestants/contestants.ts';
import type { BackendAddresses } from './backends-process.ts';

export type Mode = 'loopback' | 'network';

export interface Backends {
  /** What a function has to be told to use them. */
  readonly environments: Readonly<Record<Mode, Readonly<Record<string, string>>>>;
  close(): Promise<void>;
}

/** @param directory takes the certificate of the authority that the functions are to trust */
export async function startBackends(directory: string, roundTripMs: number): Promise<Backends> {
  const child = fork(join(import.meta.dirname, 'backends-process.ts'), [String(roundTripMs)]);
  const ended = once(child, 'exit');
  const { loopback, network, authority } = await Promise.race([
    once(child, 'message').then(([addresses]) => addresses as BackendAddresses),
    ended.then(([code]) => Promise.reject(new Error(`The backends ended with ${code} before they listened.`))),
  ]);
  const authorityFile = join(directory, 'authority.pem');
  await writeFile(authorityFile, authority);
  return {
    environments: {
      loopback: contestantEnvironment(loopback),
      network: { ...contestantEnvironment(network), NODE_EXTRA_CA_CERTS: authorityFile },
    },
    async close() {
      child.disconnect();
      await ended;
    },
  };
}
