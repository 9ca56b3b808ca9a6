import { spawn } from 'node:child_process';
import { type IncomingMessage, request as openRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { listenOnLoopback } from '../../../local/loopback-server.ts';
import { type RunningStack, startRunningStack } from '../../support/running-stack.ts';
import { type ProviderApi, startProviderApi } from '../support/provider-api.ts';

const cli = join(import.meta.dirname, '../../../clients/typescript/src/cli/main.ts');

let stack: RunningStack;
let api: ProviderApi;
const stops: (() => void)[] = [];

beforeAll(async () => {
  [stack, api] = await Promise.all([startRunningStack(), startProviderApi()]);
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

afterAll(async () => {
  await Promise.all([stack.close(), api.close()]);
});

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [cli, ...args], {
    env: {
      PATH: process.env['PATH'],
      TOKEN_VENDING_ENDPOINT: stack.endpoint,
      AWS_REGION: stack.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: stack.orders.accessKeyId,
      AWS_SECRET_ACCESS_KEY: stack.orders.secretAccessKey,
      AWS_SESSION_TOKEN: stack.orders.sessionToken,
      ...environment,
    },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
    });
  }
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  stops.push(() => child.kill('SIGKILL'));
  return { child, output, ended };
}

async function run(args: readonly string[], environment?: NodeJS.ProcessEnv) {
  const { output, ended } = start(args, environment);
  return { code: await ended, ...output };
}

const token = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

describe('token-vending', () => {
  test('--help lists commands, examples and exit codes', async () => {
    const { code, stdout, stderr } = await run(['token', '--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const part of ['token PROVIDER', 'exec PROVIDER', 'proxy PROVIDER', 'Examples', 'Exit codes']) {
      expect(stdout).toContain(part);
    }
  });

  test.each([
    [['tokens', 'prove'], 'Say token, exec or proxy'],
    [['token'], 'Say which provider'],
    [['token', 'prove', 'pipeshub'], 'one provider'],
    [['token', 'prove', '--jsn'], "Unknown option '--jsn'"],
    [['token', 'prove', '--min-ttl', '1e3'], '--min-ttl must be a whole number'],
    [['token', 'prove', '--', 'ls'], 'takes no command'],
    [['exec', 'prove'], 'Say what to run'],
    [['proxy', 'prove'], '--to must be'],
    [['proxy', 'prove', '--to', 'ftp://example.com'], '--to must be'],
    [['token', 'prove', '--endpoint', 'http://example.com'], 'must be https:'],
  ])('%j is wrong usage: exit code 2 and one line', async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^token-vending: .+\n$/);
    expect(stderr).toContain(message);
  });

  test.each([
    ['an endpoint that is not set', { TOKEN_VENDING_ENDPOINT: '' }, 'prove', 2, 'TOKEN_VENDING_ENDPOINT'],
    ['a wrong key', { AWS_SECRET_ACCESS_KEY: 'guessed' }, 'prove', 3, '403'],
    [
      'no credentials',
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', HOME: '/nowhere' },
      'prove',
      3,
      'credentials',
    ],
    ['an unknown provider', {}, 'nobody', 4, '404 unknown_provider'],
    ['a service that is not there', { TOKEN_VENDING_ENDPOINT: 'http://127.0.0.1:9/v1' }, 'prove', 5, 'network_error'],
  ])('%s is one line on stderr, and an exit code', async (_what, environment, provider, code, message) => {
    const ended = await run(['token', provider], environment);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toMatch(/^token-vending: .+\n$/);
    expect(ended.stderr).toContain(message);
  });
});

describe('token-vending token', () => {
  test('prints the token', async () => {
    const { code, stdout, stderr } = await run(['token', 'prove', '--min-ttl', '60']);
    expect([code, stdout.trimEnd(), stderr]).toEqual([0, expect.stringMatching(token), '']);
  });

  test("--json prints the answer's fields and expires_at", async () => {
    const { stdout } = await run(['token', 'oidc', '--scope', 'api:read', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: 'api:read',
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });
});

describe('token-vending exec', () => {
  test('runs a command with the token in ACCESS_TOKEN, and ends with its exit code', async () => {
    const ended = await run(['exec', 'prove', '--', 'sh', '-c', 'printf %s "$ACCESS_TOKEN"; exit 7']);
    expect(ended).toEqual({ code: 7, stdout: expect.stringMatching(token), stderr: '' });
  });

  test('hands --help behind -- to the command', async () => {
    expect(await run(['exec', 'prove', '--', 'sh', '-c', 'echo "$0"', '--help'])).toMatchObject({
      code: 0,
      stdout: '--help\n',
    });
  });

  test('passes SIGTERM on, and ends as a shell says it', async () => {
    const { child, output, ended } = start(['exec', 'prove', '--', 'sh', '-c', 'echo up; exec sleep 60']);
    await new Promise<void>((resolve) => child.stdout.on('data', () => output.stdout.includes('up') && resolve()));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });

  test.each([
    [['nobody', '--', 'true'], 125],
    [['prove', '--', 'no-such-command'], 127],
    [['prove', '--', '/'], 126],
  ])('%j ends with %i', async (args, code) => {
    const ended = await run(['exec', ...args]);
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([
      code,
      '',
      expect.stringMatching(/^token-vending: .+\n$/),
    ]);
  });
});

describe('token-vending proxy', () => {
  async function startProxy(to: string): Promise<{ url: string; stderr: () => string }> {
    const { child, output } = start(['proxy', 'prove', '--to', to]);
    await new Promise<void>((resolve) => child.stdout.on('data', () => output.stdout.includes('\n') && resolve()));
    return { url: output.stdout.trimEnd(), stderr: () => output.stderr };
  }

  /** With what fetch would not send: a request target and a host as they are. */
  async function send(url: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
    const { hostname, port } = new URL(url);
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      openRequest({ hostname, port, path, headers }, resolve).once('error', reject).end();
    });
    answered.resume();
    return answered.statusCode;
  }

  test('prints its address first and adds the token to what it passes on', async () => {
    const { url } = await startProxy(`${api.url}/v3`);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const response = await fetch(`${url}/a?b=c`, {
      method: 'POST',
      body: 'text',
      headers: { authorization: 'Bearer mine', 'x-mine': '1' },
    });
    expect([response.status, await response.text()]).toEqual([200, 'text']);
    const { access_token } = (await (await stack.vend('prove')).json()) as { access_token: string };
    expect(api.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/v3/a?b=c',
      headers: { authorization: `Bearer ${access_token}`, 'x-mine': '1', host: new URL(api.url).host },
    });
  });

  test('replaces a token that the API refuses, and sends the request again', async () => {
    const { url } = await startProxy(api.url);
    await fetch(url);
    api.revoke(api.requests.at(-1)?.fingerprint ?? '');
    const response = await fetch(url, { method: 'POST', body: 'again' });
    expect([response.status, await response.text()]).toEqual([200, 'again']);
    expect(api.requests.slice(-2).map(({ status, body }) => [status, body])).toEqual([
      [401, 'again'],
      [200, 'again'],
    ]);
  });

  test('passes on bodies too large to be kept, in both directions', async () => {
    const echo = await listenOnLoopback(async (incoming, response) => void incoming.pipe(response));
    stops.push(() => void echo.close());
    const { url } = await startProxy(echo.url);
    const body = Buffer.alloc(3_000_000, 'x');
    const response = await fetch(url, { method: 'POST', body });
    expect([response.status, Buffer.from(await response.arrayBuffer()).equals(body)]).toEqual([200, true]);
  });

  test('refuses a foreign host, a foreign origin and a target elsewhere', async () => {
    const { url } = await startProxy(`${api.url}/v3`);
    const { host } = new URL(url);
    const count = api.requests.length;
    expect(await send(url, '/', { host: 'evil.example.com' })).toBe(403);
    expect(await send(url, '/', { host, origin: 'https://evil.example.com' })).toBe(403);
    expect(await send(url, 'http://evil.example.com/', { host })).toBe(400);
    expect(await send(url, '/../admin', { host })).toBe(400);
    expect(api.requests).toHaveLength(count);
    expect(await send(url, '//evil.example.com/', { host })).toBe(200);
    expect(api.requests.at(-1)?.path).toBe('/v3//evil.example.com/');
  });

  test('says why there is no token, and never shows one', async () => {
    const { child, output } = start(['proxy', 'nobody', '--to', api.url]);
    await new Promise<void>((resolve) => child.stdout.on('data', () => resolve()));
    const response = await fetch(output.stdout.trimEnd());
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('404 unknown_provider')]);
    expect(output.stderr).not.toMatch(/eyJ/);
  });
});
