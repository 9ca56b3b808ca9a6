import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');
const packageDirectory = join(root, 'clients/typescript');
const run = promisify(execFile);

/** An empty project that has the package in its `node_modules`, and its peers in those of the folder above. */
export interface Project {
  readonly directory: string;
  readonly cli: string;
  close(): Promise<void>;
}

async function createProject(): Promise<Project & { readonly target: string }> {
  await mkdir(join(root, '.build'), { recursive: true });
  const directory = await mkdtemp(join(root, '.build/client-'));
  const target = join(directory, 'node_modules/token-vending-client');
  await mkdir(target, { recursive: true });
  return {
    directory,
    target,
    cli: join(target, 'dist/esm/cli/main.js'),
    close: () => rm(directory, { recursive: true }),
  };
}

/** Builds the package and packs it, as for publication. */
export async function createProjectWithPackedPackage(): Promise<Project & { readonly files: readonly string[] }> {
  const project = await createProject();
  await run('npm', ['run', 'build'], { cwd: packageDirectory });
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', project.directory];
  const { stdout } = await run('npm', pack, { cwd: packageDirectory });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  await run('tar', ['-xzf', join(project.directory, packed.filename), '-C', project.target, '--strip-components=1']);
  return { ...project, files: packed.files.map(({ path }) => path) };
}

/** The same without packing: `dist` in the package's own folder is left alone. */
export async function createProjectWithBuiltPackage(): Promise<Project> {
  const project = await createProject();
  await run(process.execPath, [join(packageDirectory, 'build.js'), join(project.target, 'dist')]);
  await copyFile(join(packageDirectory, 'package.json'), join(project.target, 'package.json'));
  return project;
}
