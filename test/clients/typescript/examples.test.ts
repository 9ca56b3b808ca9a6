import { type ExecFileException, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../../support/running-stack.ts';
import { readProgram } from '../support/callers-page.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type ProviderApi, startProviderApi } from '../support/provider-api.ts';
import { createProjectWithBuiltPackage, type Project } from './project-with-package.ts';

const directory = join(import.meta.dirname, '../../../clients/examples');

let project: Project;
let prove: ProviderApi;

beforeAll(async () => {
  [project, prove] = await Promise.all([createProjectWithBuiltPackage(), startProviderApi(started)]);
  for (const file of await readdir(directory)) {
    if (/\.(ts|sh)$/.test(file)) await copyFile(join(directory, file), join(project.directory, file));
  }
}, 60_000);

afterAll(async () => {
  await Promise.all([project.close(), prove.close()]);
});

// Each with a service of its own: a report is heeded once in ten seconds.
let stack: RunningStack;
let proxy: FaultProxy;

beforeEach(async () => {
  stack = await startRunningStack();
  proxy = await startFaultProxy(stack.endpoint);
});

afterEach(async () => {
  await Promise.all([stack.close(), proxy.close()]);
});

/** What Prove answers to the start of a flow. */
const started = JSON.stringify({ authToken: 'a', correlationId: 'correlation', next: {} });

async function run(file: string, ...args: readonly string[]) {
  const env = {
    PATH: process.env['PATH'],
    TOKEN_VENDING_ENDPOINT: proxy.endpoint,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: stack.orders.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.orders.secretAccessKey,
    AWS_SESSION_TOKEN: stack.orders.sessionToken,
    PROVE_URL: prove.url,
  };
  const program = file.endsWith('.sh') ? 'sh' : process.execPath;
  try {
    return { code: 0, ...(await promisify(execFile)(program, [file, ...args], { cwd: project.directory, env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as ExecFileException;
    return { code, stdout, stderr };
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function heldToken(): Promise<string> {
  return ((await (await stack.vend('prove')).json()) as { access_token: string }).access_token;
}

describe('the examples', () => {
  test("prove-sdk.ts starts a flow with Prove's SDK, also where its first token is refused", async () => {
    expect(await run('prove-sdk.ts')).toEqual({ code: 0, stdout: 'correlation\n', stderr: '' });
    expect(prove.requests.at(-1)?.headers.authorization).toBe(`Bearer ${await heldToken()}`);
    prove.revoke(prove.requests.at(-1)?.fingerprint ?? '');
    expect(await run('prove-sdk.ts')).toEqual({ code: 0, stdout: 'correlation\n', stderr: '' });
    expect(prove.requests.slice(-2).map(({ status }) => status)).toEqual([401, 200]);
  });

  test("prove-sdk-own-tokens.ts reports the token that Prove refused with the SDK's next request", async () => {
    const refused = await heldToken();
    prove.revoke(sha256(refused));
    const ended = await run('prove-sdk-own-tokens.ts', '2001001695', '2001001696', '2001001697');
    expect(ended).toEqual({ code: 0, stdout: 'Error401\ncorrelation\ncorrelation\n', stderr: '' });
    expect(proxy.reports).toEqual([sha256(refused)]);
  });

  test('the program in docs/callers.md calls the API with a token', async () => {
    await writeFile(join(project.directory, 'page.ts'), readProgram('ts', prove.url));
    expect(await run('page.ts')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(prove.requests.at(-1)).toMatchObject({
      path: '/v3/domain/id',
      headers: { authorization: `Bearer ${await heldToken()}` },
      status: 200,
    });
  });

  test('oauth4webapi.ts, openid-client.ts and curl.sh get a token', async () => {
    const stdout = expect.stringMatching(/^A token for \d+ seconds\n$/);
    for (const file of ['oauth4webapi.ts', 'openid-client.ts']) {
      expect(await run(file, 'oidc')).toEqual({ code: 0, stdout, stderr: '' });
    }
    const vended = await run('curl.sh', 'prove');
    expect([vended.code, JSON.parse(vended.stdout ?? '')]).toMatchObject([0, { token_type: 'Bearer' }]);
    const refused = await run('curl.sh', 'nobody');
    expect([refused.code, JSON.parse(refused.stdout ?? '')]).toMatchObject([22, { error: 'unknown_provider' }]);
  });
});
