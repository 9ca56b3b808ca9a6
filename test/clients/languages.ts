import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const languages = ['typescript', 'go'] as const;

export type Language = (typeof languages)[number];

export function isLanguage(name: string): name is Language {
  return languages.some((language) => language === name);
}

/** A program that has to be there already, and how it says so. */
interface Tool {
  readonly name: string;
  readonly command: readonly string[];
}

interface Client {
  readonly tools: readonly Tool[];
  /** Installs what the client needs and builds it. @returns the command that starts its driver */
  prepare(): Promise<readonly string[]>;
}

const clients: Readonly<Record<Language, Client>> = {
  typescript: {
    tools: [],
    prepare: async () => [process.execPath, join(import.meta.dirname, 'drivers/typescript.ts')],
  },
  go: {
    tools: [{ name: 'go 1.25 or newer', command: ['go', 'version'] }],
    prepare: async () => buildGoDriver(join(import.meta.dirname, '../../clients/go')),
  },
};

function buildGoDriver(directory: string): readonly string[] {
  const driver = join(directory, '.build/driver');
  const { status, stderr } = spawnSync('go', ['build', '-o', driver, './internal/driver'], { cwd: directory });
  if (status !== 0) throw new Error(`The Go client does not build:\n${stderr}`);
  return [driver];
}

export function findMissingTools(wanted: readonly Language[]): { language: Language; tool: string }[] {
  return wanted.flatMap((language) =>
    clients[language].tools
      .filter(({ command: [file = '', ...args] }) => spawnSync(file, args).status !== 0)
      .map(({ name }) => ({ language, tool: name })),
  );
}

/** @returns the command that starts the language's driver */
export function prepareDriver(language: Language): Promise<readonly string[]> {
  return clients[language].prepare();
}
