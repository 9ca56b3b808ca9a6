import { type ExecFileException, execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../../support/running-stack.ts';
import { createProjectWithPackedPackage } from './project-with-package.ts';

const root = join(import.meta.dirname, '../../..');
// The Node that npm was started with, 20 perhaps; the tests themselves run on the project's own.
const node = process.env['npm_node_execpath'] ?? process.execPath;

let packed: Awaited<ReturnType<typeof createProjectWithPackedPackage>>;
let stack: RunningStack;

beforeAll(async () => {
  [packed, stack] = await Promise.all([createProjectWithPackedPackage(), startRunningStack()]);
}, 60_000);

afterAll(async () => {
  await Promise.all([packed.close(), stack.close()]);
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const env = {
    ...process.env,
    TOKEN_VENDING_ENDPOINT: stack.endpoint,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: stack.orders.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.orders.secretAccessKey,
    AWS_SESSION_TOKEN: stack.orders.sessionToken,
    ...environment,
  };
  try {
    return { code: 0, ...(await promisify(execFile)(file, args, { cwd: packed.directory, env })) };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as ExecFileException;
    return { code: Number(code), stdout, stderr };
  }
}

const script = `const { accessToken, expiresAt } = await createVendingClient().getToken('prove');
process.stdout.write(JSON.stringify([accessToken.length > 100, expiresAt instanceof Date]));`;

describe('the packed package', () => {
  test('has compiled code and types, and nothing else', () => {
    const others = packed.files.filter((path) => !/^dist\/(esm|cjs)\/[\w/-]+(\.js|\.d\.ts)$/.test(path));
    expect(others.sort()).toEqual(['README.md', 'dist/cjs/package.json', 'package.json']);
    expect(packed.files).toEqual(expect.arrayContaining(['dist/esm/index.js', 'dist/cjs/index.d.ts']));
  });

  test('gets a token when it is imported', async () => {
    const esm = join(packed.directory, 'import.mjs');
    await writeFile(esm, `import { createVendingClient } from 'token-vending-client';\n${script}`);
    expect(await run(node, [esm])).toEqual({ code: 0, stdout: '[true,true]', stderr: '' });
  });

  test('gets a token when it is required', async () => {
    const cjs = join(packed.directory, 'require.cjs');
    await writeFile(
      cjs,
      `const { createVendingClient } = require('token-vending-client');\n(async () => { ${script} })();`,
    );
    expect(await run(node, [cjs])).toEqual({ code: 0, stdout: '[true,true]', stderr: '' });
  });

  test.each([
    ['an ES module', 'nodenext', 'nodenext', 'types.mts'],
    ['CommonJS', 'nodenext', 'nodenext', 'types.cts'],
    ['a bundler', 'esnext', 'bundler', 'bundled.ts'],
  ])('has types for %s', async (_for, module, moduleResolution, file) => {
    await writeFile(
      join(packed.directory, file),
      `import { createVendingClient, type VendedToken, VendingError } from 'token-vending-client';
export async function use(): Promise<string | undefined> {
  const client = createVendingClient({ endpoint: 'https://example.com/v1', region: 'eu-west-1' });
  const token: VendedToken = await client.getToken('prove', { scope: 'a b', minTtlSeconds: 60 });
  const send: typeof fetch = client.authorizedFetch('prove', { scope: 'a' });
  const sign: typeof fetch = client.fetch;
  // @ts-expect-error: the answer is none of a caller's business.
  void token.answer;
  try { await send('https://example.com'); await sign('https://example.com'); }
  catch (error) { if (error instanceof VendingError) return error.error; }
  const at: Date | undefined = token.expiresAt;
  return at?.toISOString();
}
`,
    );
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--types', 'node', '--target', 'es2022'];
    const args = [...strict, '--module', module, '--moduleResolution', moduleResolution, '--ignoreConfig', file];
    expect(await run(join(root, 'node_modules/.bin/tsc'), args)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('brings the program token-vending', async () => {
    const { code, stdout } = await run(node, [packed.cli, 'token', 'prove']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^eyJ\S+\n$/)]);
    expect(await run(node, [packed.cli, '--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });
});
