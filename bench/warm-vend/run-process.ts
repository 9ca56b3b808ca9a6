import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Measurements } from './measurements.ts';

export interface Job<Kind extends keyof Measurements> {
  readonly kind: Kind;
  /** For an error. */
  readonly title: string;
  /** The bundle. */
  readonly file: string;
  readonly calls: number;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProcessResult<Kind extends keyof Measurements> {
  readonly measured: Measurements[Kind];
  /** How many lines the process wrote in its whole life. */
  readonly logLines: number;
}

/** Measures one bundled handler in a fresh process and waits for its end. @throws Error when it measured nothing */
export async function runProcess<Kind extends keyof Measurements>({
  kind,
  title,
  file,
  calls,
  environment,
}: Job<Kind>): Promise<ProcessResult<Kind>> {
  const child = fork(join(import.meta.dirname, 'measuring-process.ts'), [kind, file, String(calls)], {
    env: { AWS_LAMBDA_FUNCTION_NAME: 'bench', ...environment },
    execArgv: ['--expose-gc'],
    // In Lambda, too, a function's stdout is a pipe that somebody reads.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let logLines = 0;
  let measured: Measurements[Kind] | undefined;
  child.stdout?.on('data', (chunk: Buffer) => {
    logLines += countLines(chunk);
  });
  child.once('message', (message) => {
    measured = message as Measurements[Kind];
  });
  const [code] = await once(child, 'close');
  if (measured === undefined) throw new Error(`${title}: ended with ${code} before anything was measured.`);
  return { measured, logLines };
}

const lineFeed = 10;

function countLines(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) lines += 1;
  return lines;
}
