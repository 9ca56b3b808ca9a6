import { spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runCommand } from '../e2e/support/run-command.ts';

export const languages = ['typescript', 'python', 'go', 'java'] as const;

export type Language = (typeof languages)[number];

export function isLanguage(name: string): name is Language {
  return languages.some((language) => language === name);
}

/** A program that has to be there already. */
interface Tool {
  readonly name: string;
  /** Succeeds where it is. */
  readonly check: readonly string[];
}

interface Client {
  readonly tools: readonly Tool[];
  /** Ways in which the driver can carry out requests, with the environment that says so; one where left out. */
  readonly ways?: Readonly<Record<string, NodeJS.ProcessEnv>>;
  /** Installs what the client needs and builds it. @returns the command that starts its driver */
  prepare(): Promise<readonly string[]>;
}

const root = join(import.meta.dirname, '../..');
export const clientsDirectory = join(root, 'clients');
/** What is installed and built for the drivers; it is kept for the next time. */
const buildDirectory = join(root, '.build/clients');

const clients: Readonly<Record<Language, Client>> = {
  typescript: {
    tools: [],
    prepare: async () => [process.execPath, join(import.meta.dirname, 'drivers/typescript.ts')],
  },
  python: {
    tools: [
      {
        name: 'Python 3.9 or newer, with venv',
        check: ['python3', '-c', 'import venv, ensurepip, sys; assert sys.version_info >= (3, 9)'],
      },
    ],
    ways: { httpx: {}, requests: { TOKEN_VENDING_DRIVER_HTTP: 'requests' } },
    async prepare() {
      return [await preparePython(), join(clientsDirectory, 'python/tests/driver.py')];
    },
  },
  go: {
    tools: [{ name: 'Go', check: ['go', 'version'] }],
    async prepare() {
      const driver = join(buildDirectory, 'go-driver');
      await runCommand('go', ['build', '-race', '-o', driver, './internal/driver'], {
        cwd: join(clientsDirectory, 'go'),
      });
      // The race detector would wait a second at the end of each run.
      return ['env', 'GORACE=atexit_sleep_ms=0', driver];
    },
  },
  java: {
    tools: [
      { name: 'a JDK, 17 or newer', check: ['javac', '--release', '17', '--version'] },
      { name: 'Maven', check: ['mvn', '--version'] },
    ],
    prepare: async () => ['java', '-cp', await prepareJava(), 'tokenvending.Driver'],
  },
};

const made = new Map<string, Promise<string>>();

/** What is installed and built stays as it is while this process runs. */
function once(key: string, make: () => Promise<string>): Promise<string> {
  const making = made.get(key) ?? make();
  made.set(key, making);
  return making;
}

/**
 * @param more packages to install beside the client
 * @returns the interpreter of an environment that has the client and what it can be used with
 */
export function preparePython(more: readonly string[] = []): Promise<string> {
  return once(`python ${more.join(' ')}`, () => makePythonEnvironment(more));
}

async function makePythonEnvironment(more: readonly string[]): Promise<string> {
  const environment = join(buildDirectory, 'python');
  const python = join(environment, 'bin/python');
  await runCommand('python3', ['-m', 'venv', environment]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const client = join(clientsDirectory, 'python');
  // First what it depends on, which is kept; then the client itself, as it is now.
  await runCommand(python, [...install, `${client}[httpx,requests]`, ...more]);
  await runCommand(python, [...install, '--force-reinstall', '--no-deps', client]);
  return python;
}

/** @returns the class path with the client, its tests and what they depend on */
export function prepareJava(): Promise<string> {
  return once('java', makeJavaClassPath);
}

async function makeJavaClassPath(): Promise<string> {
  const directory = join(clientsDirectory, 'java');
  const list = join(buildDirectory, 'java.classpath');
  await mkdir(buildDirectory, { recursive: true });
  const goals = ['test-compile', 'dependency:build-classpath', `-Dmdep.outputFile=${list}`, '-Dmdep.includeScope=test'];
  await runCommand('mvn', ['--batch-mode', '--quiet', ...goals], { cwd: directory });
  const own = ['target/classes', 'target/test-classes'].map((folder) => join(directory, folder));
  return [...own, (await readFile(list, 'utf8')).trim()].join(delimiter);
}

export function findMissingTools(wanted: readonly Language[]): { language: Language; tool: string }[] {
  return wanted.flatMap((language) =>
    clients[language].tools
      .filter(({ check: [file = '', ...args] }) => spawnSync(file, args).status !== 0)
      .map(({ name }) => ({ language, tool: name })),
  );
}

/** What a client is used with, if it makes a difference, and the environment with which its driver does so. */
export function waysOf(language: Language): readonly { title: string; environment: NodeJS.ProcessEnv }[] {
  const ways = Object.entries(clients[language].ways ?? { '': {} });
  return ways.map(([way, environment]) => ({ title: way === '' ? language : `${language} with ${way}`, environment }));
}

/** @returns the command that starts the language's driver */
export function prepareDriver(language: Language): Promise<readonly string[]> {
  return clients[language].prepare();
}
