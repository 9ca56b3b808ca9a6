import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const startFile = join(import.meta.dirname, '../../local/start.ts');

export interface StartProcess {
  readonly child: ChildProcess;
  /** Everything that it has written so far, to stdout and stderr. */
  output(): string;
  /** Resolves with the match as soon as the output has one; rejects when the process ends without. */
  untilOutput(pattern: RegExp): Promise<RegExpExecArray>;
  /** The exit code, or the signal's name. */
  readonly ended: Promise<number | string | null>;
}

export interface StartFolder {
  readonly path: string;
  /** Runs `local/start.ts` in the folder, as `npm start` runs it in the project's. */
  start(args: readonly string[], environment?: Record<string, string>): StartProcess;
  /** Ends the processes that still run. */
  close(): Promise<void>;
}

export async function createStartFolder(): Promise<StartFolder> {
  const path = await mkdtemp(join(tmpdir(), 'token-vending-start-'));
  const running: StartProcess[] = [];
  return {
    path,
    start(args, environment = {}) {
      const { AWS_ENDPOINT_URL_SECRETS_MANAGER: _secrets, AWS_ENDPOINT_URL_DYNAMODB: _table, ...env } = process.env;
      const child = spawn(process.execPath, [startFile, ...args], { cwd: path, env: { ...env, ...environment } });
      const started = watch(child);
      running.push(started);
      return started;
    },
    async close() {
      for (const { child } of running) child.kill('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
      await rm(path, { recursive: true, force: true });
    },
  };
}

function watch(child: ChildProcess): StartProcess {
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return {
    child,
    output: () => text,
    ended,
    untilOutput: (pattern) =>
      new Promise((resolve, reject) => {
        function look(): void {
          const match = pattern.exec(text);
          if (match !== null) resolve(match);
        }
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended without ${pattern}:\n${text}`)));
      }),
  };
}
