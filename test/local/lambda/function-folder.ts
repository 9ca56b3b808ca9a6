import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleBootstrap } from '../../../local/lambda/bundles.ts';
import type { FunctionSettings } from '../../../local/lambda/instance.ts';

export interface FunctionFolder {
  /** Writes a function and returns the settings to run it with. */
  write(code: string, changes?: Partial<FunctionSettings>): Promise<FunctionSettings>;
  /** What the functions wrote. */
  readonly lines: readonly string[];
  remove(): Promise<void>;
}

/** Functions of a few lines of CommonJS, run by the bootstrap that `npm start` uses. */
export async function createFunctionFolder(): Promise<FunctionFolder> {
  const directory = await mkdtemp(join(tmpdir(), 'token-vending-lambda-'));
  const bootstrapFile = await bundleBootstrap(directory);
  const lines: string[] = [];
  let functions = 0;
  return {
    lines,
    async write(code, changes) {
      functions += 1;
      const codeDirectory = join(directory, String(functions));
      await mkdir(codeDirectory);
      await writeFile(join(codeDirectory, 'index.js'), code);
      return {
        codeDirectory,
        bootstrapFile,
        functionName: 'tested',
        functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:tested',
        region: 'us-east-1',
        timeoutMs: 20_000,
        environment: { MINE: 'yes' },
        onLine: (line) => lines.push(line),
        ...changes,
      };
    },
    remove: () => rm(directory, { recursive: true }),
  };
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
