import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { accountId, region, rootKey } from './account.ts';
import { findFreePort } from './free-port.ts';

export interface MiniStack {
  readonly url: string;
  /** Environment variables that point the CDK command and AWS SDKs at it, as the account's root. */
  readonly environment: NodeJS.ProcessEnv;
  /** Its output so far. */
  readLog(): Promise<string>;
  stop(): Promise<void>;
}

const rootCredentials = { AWS_ACCESS_KEY_ID: rootKey.accessKeyId, AWS_SECRET_ACCESS_KEY: rootKey.secretAccessKey };

/**
 * Starts MiniStack on a free port of 127.0.0.1. With AUTH it verifies signatures and evaluates IAM policies, both for callers and
 * for the function's role.
 *
 * @param bin folder with the Python environment's programs
 * @param directory for its files and its log
 */
export async function startMiniStack(bin: string, directory: string): Promise<MiniStack> {
  await mkdir(directory, { recursive: true });
  // Its Node script is CommonJS, but is in a package that is not.
  await writeFile(join(directory, 'package.json'), '{"type":"commonjs"}\n');
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(directory, 'ministack.log');
  const log = createWriteStream(logFile);
  await once(log, 'open');
  const child = spawn(join(bin, 'python'), ['-m', 'ministack'], {
    cwd: directory,
    stdio: ['ignore', log, log],
    // Its own process group, so that the functions that it runs end with it.
    detached: true,
    env: {
      // It runs the function with the first `node` on the PATH: this one.
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      ...rootCredentials,
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LAMBDA_EXECUTOR: 'local',
      MINISTACK_ACCOUNT_ID: accountId,
      MINISTACK_REGION: region,
      S3_DATA_DIR: join(directory, 's3'),
      STATE_DIR: join(directory, 'state'),
      TMPDIR: directory,
    },
  });
  const kill = (): void => killGroup(child);
  process.once('exit', kill);
  const miniStack: MiniStack = {
    url,
    environment: {
      ...rootCredentials,
      AWS_ENDPOINT_URL: url,
      // The CDK command would otherwise put the bucket's name before the host.
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: region,
    },
    readLog: () => readFile(logFile, 'utf8'),
    async stop() {
      process.off('exit', kill);
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        kill();
        await ended;
      }
      log.close();
    },
  };
  await waitUntilReady(miniStack, child);
  return miniStack;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Already ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function waitUntilReady(miniStack: MiniStack, child: ChildProcess): Promise<void> {
  const giveUpAtMs = Date.now() + 60_000;
  for (;;) {
    const response = await fetch(`${miniStack.url}/_ministack/health`).catch(() => undefined);
    if (response?.ok) return;
    if (child.exitCode !== null || Date.now() > giveUpAtMs) {
      await miniStack.stop();
      throw new Error(`MiniStack did not start:\n${await miniStack.readLog()}`);
    }
    await wait(200);
  }
}
