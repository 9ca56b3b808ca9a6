import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ClientsJob } from './clients-process.ts';
import type { LoadFigures } from './load.ts';

export interface ClientsFigures extends LoadFigures {
  /** Processor time of this process while the clients measured, as a share of one core. */
  readonly gatewayCores: number;
}

/** Lets clients in a process of their own load the gateway that runs in this one. @throws Error when one of them fails */
export async function runClients(job: ClientsJob): Promise<ClientsFigures> {
  const child = fork(join(import.meta.dirname, 'clients-process.ts'), [JSON.stringify(job)]);
  let warm = readProcessTime();
  let figures: ClientsFigures | undefined;
  child.on('message', (message) => {
    if (message === 'warm') warm = readProcessTime();
    else figures = { ...(message as LoadFigures), gatewayCores: coresSince(warm) };
  });
  const [code] = await once(child, 'close');
  if (figures === undefined) throw new Error(`The clients ended with ${code} before anything was measured.`);
  return figures;
}

interface ProcessTime {
  readonly atMs: number;
  readonly cpu: NodeJS.CpuUsage;
}

function readProcessTime(): ProcessTime {
  return { atMs: performance.now(), cpu: process.cpuUsage() };
}

function coresSince({ atMs, cpu }: ProcessTime): number {
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1000 / (performance.now() - atMs);
}
