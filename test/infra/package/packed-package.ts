import { type ExecFileException, execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An app's folder that has the package in its `node_modules`, and the package's peers in those of the folder above. */
export interface AppFolder {
  readonly directory: string;
  /** What is in the package. */
  readonly files: readonly string[];
  /** Runs a program in the folder. */
  run(file: string, args: readonly string[]): Promise<Ended>;
  close(): Promise<void>;
}

/** Builds the package and packs it, as for publication. */
export async function packPackage(
  destination: string,
): Promise<{ readonly tarball: string; readonly files: string[] }> {
  await run('npm', ['run', 'build:package'], { cwd: root });
  const pack = ['pack', './infra/package', '--ignore-scripts', '--json', '--pack-destination', destination];
  const { stdout } = await run('npm', pack, { cwd: root });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(destination, packed.filename), files: packed.files.map(({ path }) => path) };
}

export async function createAppFolder(): Promise<AppFolder> {
  await mkdir(join(root, '.build'), { recursive: true });
  const directory = await mkdtemp(join(root, '.build/cdk-app-'));
  const target = join(directory, 'node_modules/token-vending-cdk');
  await mkdir(target, { recursive: true });
  const { tarball, files } = await packPackage(directory);
  await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  return {
    directory,
    files,
    close: () => rm(directory, { recursive: true }),
    async run(file, args) {
      try {
        return { code: 0, ...(await run(file, args, { cwd: directory })) };
      } catch (error) {
        const { code, stdout = '', stderr = '' } = error as ExecFileException;
        return { code: Number(code), stdout, stderr };
      }
    },
  };
}
