import { fork } from 'node:child_process';
import { join } from 'node:path';
import { clientsDirectory, type Language, prepareJava, preparePython } from '../../test/clients/languages.ts';
import { runCommand } from '../../test/e2e/support/run-command.ts';
import { lastMessage } from '../child-process.ts';
import { startVendingService } from './vending-service.ts';

/** What a token from memory costs, one caller after the other. */
export interface CachedToken {
  readonly name: string;
  readonly nanosecondsPerCall: number;
  /** Undefined where the language does not count them. */
  readonly allocatedBytesPerCall?: number;
  readonly allocationsPerCall?: number;
}

const rounds = 5;

/**
 * Measures a language's client and the nearest peers, each by the means of its language, side by side. Of five rounds the
 * fastest counts, as in Python's timeit: what makes another one slower is the rest of the machine.
 */
export async function measureCachedToken(language: Language, calls: number): Promise<readonly CachedToken[]> {
  const service = await startVendingService(86_400);
  const env = {
    ...process.env,
    TOKEN_VENDING_ENDPOINT: service.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'unused',
  };
  try {
    const measured: CachedToken[][] = [];
    for (let round = 0; round < rounds; round += 1) measured.push([...(await measures[language](calls, env))]);
    return fastest(measured.flat());
  } finally {
    await service.close();
  }
}

function fastest(measured: readonly CachedToken[]): readonly CachedToken[] {
  const byName = Map.groupBy(measured, ({ name }) => name);
  return [...byName.values()].flatMap((rows) =>
    rows.sort((a, b) => a.nanosecondsPerCall - b.nanosecondsPerCall).slice(0, 1),
  );
}

type Measure = (calls: number, env: NodeJS.ProcessEnv) => Promise<readonly CachedToken[]>;

const measures: Readonly<Record<Language, Measure>> = {
  typescript(calls, env) {
    // With a young generation as large as this, nothing is collected while the bytes are counted.
    const execArgv = ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512'];
    const child = fork(join(import.meta.dirname, 'cached-token-process.ts'), [String(calls)], { env, execArgv });
    return lastMessage(child, 'the client for TypeScript');
  },
  async python(calls, env) {
    const python = await preparePython(['authlib==1.9.6']);
    return parse(await runCommand(python, [join(import.meta.dirname, 'cached_token.py'), String(calls)], { env }));
  },
  async go() {
    const output = await runCommand('go', ['run', './internal/bench'], { cwd: join(clientsDirectory, 'go') });
    return parse(output).filter((row) => !('goroutines' in row) || row.goroutines === 1);
  },
  async java(calls, env) {
    const source = join(import.meta.dirname, 'CachedToken.java');
    return parse(await runCommand('java', ['-cp', await prepareJava(), source, String(calls)], { env }));
  },
};

/** Java's loggers may have written something before. */
function parse(output: string): readonly CachedToken[] {
  return (JSON.parse(output.slice(output.indexOf('{'))) as { cachedToken: CachedToken[] }).cachedToken;
}
