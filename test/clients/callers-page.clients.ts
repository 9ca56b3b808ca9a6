import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand } from '../e2e/support/run-command.ts';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';
import { findMissingTools, isLanguage, type Language, prepareJava, preparePython } from './languages.ts';
import { readProgram } from './support/callers-page.ts';
import { type ProviderApi, startProviderApi } from './support/provider-api.ts';

// The programs in docs/callers.md, as they stand there. TypeScript's runs with the examples.

const goClient = join(import.meta.dirname, '../../clients/go');

let stack: RunningStack;
let api: ProviderApi;
let directory: string;

beforeAll(async () => {
  [stack, api] = await Promise.all([startRunningStack(), startProviderApi()]);
  directory = await mkdtemp(join(tmpdir(), 'token-vending-page-'));
});

afterAll(async () => {
  await Promise.all([stack.close(), api.close(), rm(directory, { recursive: true })]);
});

/** Runs a program to its end, with a caller's environment. */
async function run([command = '', ...args]: readonly string[], cwd = directory): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = stack.orders;
  const env = {
    ...process.env,
    TOKEN_VENDING_ENDPOINT: stack.endpoint,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
  await runCommand(command, args, { cwd, env });
}

const runs: Readonly<Partial<Record<Language, () => Promise<void>>>> = {
  async python() {
    await writeFile(join(directory, 'page.py'), readProgram('python', api.url));
    await run([await preparePython(), 'page.py']);
  },
  async go() {
    // A package of the client's own module, which has all that it depends on.
    const folder = join(goClient, 'internal/page');
    await mkdir(folder, { recursive: true });
    try {
      await writeFile(join(folder, 'main.go'), readProgram('go', api.url));
      await run(['go', 'run', './internal/page'], goClient);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  async java() {
    await writeFile(join(directory, 'Example.java'), readProgram('java', api.url));
    await run(['java', '-cp', await prepareJava(), 'Example.java']);
  },
};

const wanted = process.env['CLIENTS']?.split(',').filter(isLanguage) ?? (Object.keys(runs) as Language[]);
// `scenarios.clients.ts` says which these are.
const missing = new Set(findMissingTools(wanted).map(({ language }) => language));

test.each(wanted.filter((language) => runs[language] !== undefined && !missing.has(language)))(
  'the program for %s calls the API with a token',
  async (language) => {
    const before = api.requests.length;
    await runs[language]?.();
    const { access_token } = (await (await stack.vend('prove')).json()) as { access_token: string };
    expect(api.requests.slice(before)).toMatchObject([
      { path: '/v3/domain/id', headers: { authorization: `Bearer ${access_token}` }, status: 200 },
    ]);
  },
  600_000,
);
