import { fork } from 'node:child_process';
import { join } from 'node:path';
import { lastMessage } from '../child-process.ts';

/** One request, signed beforehand and sent again and again. */
export interface PreparedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Load {
  readonly request: PreparedRequest;
  /** How many requests are in flight, each on a connection of its own. */
  readonly inFlight: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface LoadFigures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface GatewayFigures extends LoadFigures {
  /** Processor time of this process while the load was measured, as a share of one core. */
  readonly gatewayCores: number;
}

/**
 * Lets autocannon, in a process of its own, load the gateway that runs in this one.
 *
 * @throws Error when a request is not answered 200
 */
export async function runLoad(load: Load): Promise<GatewayFigures> {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), [JSON.stringify(load)]);
  let warm = readProcessTime();
  let gatewayCores = Number.NaN;
  child.on('message', (message) => {
    if (message === 'warm') warm = readProcessTime();
    else gatewayCores = coresSince(warm);
  });
  return { ...(await lastMessage<LoadFigures>(child, 'The load')), gatewayCores };
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
