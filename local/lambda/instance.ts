import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FunctionError, startRuntimeApi } from './runtime-api.ts';

export interface FunctionSettings {
  /** Folder of the bundled function. */
  readonly codeDirectory: string;
  /** Module and export; `index.handler` unless given. */
  readonly handler?: string;
  /** Bundled `bootstrap.ts`. */
  readonly bootstrapFile: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly region: string;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives each line that the function writes. */
  readonly onLine: (line: string) => void;
}

/** One execution environment: a process with its own memory that serves one request at a time. */
export interface Instance {
  readonly pid: number;
  /** Resolves when the function is loaded and asks for its first invocation; never, if loading fails. */
  readonly ready: Promise<void>;
  /** @throws FunctionError when the function fails, runs out of time or its process ends */
  invoke(event: unknown): Promise<unknown>;
  /** False once the function has failed to start, has run out of time or its process has ended. */
  readonly isUsable: boolean;
  /** Resolves when its process has ended, for any reason. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

export async function startInstance(settings: FunctionSettings): Promise<Instance> {
  const api = await startRuntimeApi(settings.functionArn);
  const child = spawn(process.execPath, [settings.bootstrapFile], {
    // Nothing from this process's environment: a function sees only what Lambda would set, and its own settings.
    env: {
      ...settings.environment,
      AWS_LAMBDA_FUNCTION_NAME: settings.functionName,
      AWS_LAMBDA_RUNTIME_API: api.address,
      AWS_REGION: settings.region,
      LAMBDA_TASK_ROOT: settings.codeDirectory,
      _HANDLER: settings.handler ?? 'index.handler',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', settings.onLine);
  }
  child.once('error', (error) => api.fail(new FunctionError(`the process of the instance: ${error.message}`)));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve())).then(async () => {
    api.fail(new FunctionError('the process of the instance has ended'));
    await api.close();
  });

  async function invoke(event: unknown): Promise<unknown> {
    const timer = setTimeout(() => {
      api.fail(new FunctionError('timed out'));
      child.kill('SIGKILL');
    }, settings.timeoutMs);
    try {
      return await api.invoke(event, Date.now() + settings.timeoutMs);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    pid: child.pid ?? 0,
    ready: api.ready,
    get isUsable() {
      return api.isUsable;
    },
    invoke,
    ended,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
