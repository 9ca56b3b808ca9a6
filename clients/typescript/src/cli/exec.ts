import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { VendingClient } from '../vending-client.ts';
import { exitCodes } from './exit-codes.ts';

export interface ExecCommand {
  readonly provider: string;
  readonly scope: string | undefined;
  readonly minTtlSeconds: number;
  readonly run: readonly string[];
}

/**
 * Runs a command with the token in its environment, where only the same user and root can see it.
 *
 * @returns its exit code
 */
export async function exec(client: VendingClient, command: ExecCommand): Promise<number> {
  const { provider, scope, minTtlSeconds } = command;
  const { accessToken } = await client.getToken(provider, { scope, minTtlSeconds });
  const [file = '', ...args] = command.run;
  let child: ChildProcess | undefined;
  // Before the command starts: a signal that ended only this process would leave the command behind.
  // The terminal sends Ctrl-C to both; it is the command that decides what comes of it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child?.kill(signal));
  const started = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ACCESS_TOKEN: accessToken } });
  child = started;
  return new Promise((resolve) => {
    started.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    started.on('error', ({ code }: NodeJS.ErrnoException) => {
      const isMissing = code === 'ENOENT';
      process.stderr.write(`token-vending: ${file} cannot be ${isMissing ? 'found' : `run (${code})`}\n`);
      resolve(isMissing ? exitCodes.execNotFound : exitCodes.execNotExecutable);
    });
  });
}
