import { fork } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { lastMessage } from '../child-process.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
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

/**
 * Measures one bundled handler in a fresh process and waits for its end. The process writes its lines to a file: a pipe,
 * as in Lambda, would be full most of the time, since no reader keeps up with hundreds of thousands of vends a second.
 *
 * @throws Error when it measured nothing
 */
export function runProcess<Kind extends keyof Measurements>(job: Job<Kind>): Promise<ProcessResult<Kind>> {
  return inTemporaryDirectory(async (directory) => {
    const logFile = join(directory, 'log');
    const measured = await runAndLog(job, logFile);
    return { measured, logLines: await countLines(logFile) };
  });
}

async function runAndLog<Kind extends keyof Measurements>(
  { kind, title, file, calls, environment }: Job<Kind>,
  logFile: string,
): Promise<Measurements[Kind]> {
  const log = await open(logFile, 'a');
  try {
    const child = fork(join(import.meta.dirname, 'measuring-process.ts'), [kind, file, String(calls)], {
      env: { AWS_LAMBDA_FUNCTION_NAME: 'bench', ...environment },
      execArgv: ['--expose-gc'],
      stdio: ['ignore', log.fd, 'inherit', 'ipc'],
    });
    return await lastMessage<Measurements[Kind]>(child, title);
  } finally {
    await log.close();
  }
}

const lineFeed = 10;

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) lines += 1;
  }
  return lines;
}
