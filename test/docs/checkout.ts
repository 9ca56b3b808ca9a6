import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { root } from './pages.ts';

export interface Ran {
  readonly exitCode: number;
  /** Both streams, in the order in which they were written. */
  readonly output: string;
}

/** A folder in which a page's commands run as they stand, without touching a stack that runs in this one. */
export interface Checkout {
  readonly directory: string;
  /** Runs the text of a block to its end, beside the stack that was started, with a caller's credentials in the environment. */
  run(command: string): Promise<Ran>;
  /** Starts the local stack on a free port and waits until it is ready. */
  start(command: string): Promise<void>;
  /** Stops what was started and removes the folder. */
  close(): Promise<void>;
}

/** Where the pages say that the local stack listens. */
const documentedOrigin = 'http://127.0.0.1:8787';
const ownFiles = new Set(['.git', '.local', '.build']);

export async function createCheckout(): Promise<Checkout> {
  const directory = await mkdtemp(join(tmpdir(), 'token-vending-docs-'));
  const names = (await readdir(root)).filter((name) => !ownFiles.has(name));
  await Promise.all(names.map((name) => symlink(join(root, name), join(directory, name))));
  let stop: (() => Promise<void>) | undefined;
  return {
    directory,
    async run(command) {
      const { origin, environment } = await readStack(directory);
      const child = spawnShell(directory, command.replaceAll(documentedOrigin, origin), environment);
      const chunks: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      const [exitCode] = (await once(child, 'close')) as [number];
      return { exitCode, output: Buffer.concat(chunks).toString() };
    },
    async start(command) {
      stop = await startStack(directory, command.includes('--port') ? command : `${command.trim()} -- --port 0`);
    },
    async close() {
      await stop?.();
      await rm(directory, { recursive: true });
    },
  };
}

interface StackFile {
  readonly endpoint: string;
  readonly origin: string;
  readonly region: string;
  readonly callers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** @returns the environment of a service that calls the stack in this folder */
async function readStack(directory: string): Promise<{ origin: string; environment: NodeJS.ProcessEnv }> {
  const text = await readFile(join(directory, '.local/stack.json'), 'utf8');
  const { endpoint, origin, region, callers } = JSON.parse(text) as StackFile;
  const environment = {
    TOKEN_VENDING_ENDPOINT: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: callers['orders']?.['accessKeyId'],
    AWS_SECRET_ACCESS_KEY: callers['orders']?.['secretAccessKey'],
    AWS_SESSION_TOKEN: callers['orders']?.['sessionToken'],
  };
  return { origin, environment };
}

function spawnShell(
  directory: string,
  command: string,
  environment: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<null, Readable, Readable> {
  // Its own process group, so that a signal reaches everything that the shell starts, as Ctrl-C does.
  return spawn('sh', ['-e', '-c', command], {
    cwd: directory,
    // With CI set, the CDK does not look for notices on the network.
    env: { ...process.env, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

/** @returns a function that stops it as Ctrl-C does */
async function startStack(directory: string, command: string): Promise<() => Promise<void>> {
  const child = spawnShell(directory, command);
  const closed = once(child, 'close');
  let output = '';
  const ready = new Promise<true>((resolve) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Get a token')) resolve(true);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const isReady = await Promise.race([ready, closed.then(() => false)]);
  if (!isReady) throw new Error(`${command} ended before the stack was ready:\n${output}`);
  return async () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await closed;
  };
}
